//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

// form is an instruction: its opcode, the map and the prefix it is in, EVEX's
// W bit, and in which order it takes its operands.
type form struct {
	name   string
	prefix byte // 0 none, 1 is 66, 2 is F3, 3 is F2
	opMap  byte // 1 is 0F, 2 is 0F38, 3 is 0F3A
	op     byte
	wide   byte // EVEX.W
	shape  shape
	narrow operand // which operand has half the size
	only   only
}

// shape is the order of operands, destination first.
type shape uint8

const (
	regX     shape = iota // reg, x
	xReg                  // x, reg
	regVX                 // reg, v, x
	vX                    // v, x: shifts, whose reg is part of the opcode
	regVXReg              // reg, v, x and a register in the immediate
	kVX                   // reg, v, x; reg is a mask register
	kX                    // reg, x; reg is a mask register
	regK                  // reg, x; x is a mask register
)

// operand names an operand.
type operand uint8

const (
	neither operand = iota
	theX
	theReg
)

// only says which encodings an instruction has.
type only uint8

const (
	both only = iota
	vexOnly
	evexOnly
)

// The instructions of plans.
var (
	vmovups = &form{"vmovups", 0, 1, 0x10, 0, regX, neither, both}
	vstorps = &form{"vmovups", 0, 1, 0x11, 0, xReg, neither, both}
	vmovlps = &form{"vmovlps", 0, 1, 0x13, 0, xReg, theX, vexOnly} // of 16 bytes

	vcvtsd2ss    = &form{"vcvtsd2ss", 3, 1, 0x5A, 1, regVX, theX, both} // one number
	vbroadcastss = &form{"vbroadcastss", 1, 2, 0x18, 0, regX, neither, both}
	vbroadcastsd = &form{"vbroadcastsd", 1, 2, 0x19, 1, regX, neither, both} // of 32 bytes and more

	vaddps  = &form{"vaddps", 0, 1, 0x58, 0, regVX, neither, both}
	vaddpd  = &form{"vaddpd", 1, 1, 0x58, 1, regVX, neither, both}
	vmulps  = &form{"vmulps", 0, 1, 0x59, 0, regVX, neither, both}
	vmulpd  = &form{"vmulpd", 1, 1, 0x59, 1, regVX, neither, both}
	vsubps  = &form{"vsubps", 0, 1, 0x5C, 0, regVX, neither, both}
	vsubpd  = &form{"vsubpd", 1, 1, 0x5C, 1, regVX, neither, both}
	vdivps  = &form{"vdivps", 0, 1, 0x5E, 0, regVX, neither, both}
	vdivpd  = &form{"vdivpd", 1, 1, 0x5E, 1, regVX, neither, both}
	vsqrtps = &form{"vsqrtps", 0, 1, 0x51, 0, regX, neither, both}
	vsqrtpd = &form{"vsqrtpd", 1, 1, 0x51, 1, regX, neither, both}

	vandps = &form{"vandps", 0, 1, 0x54, 0, regVX, neither, both}
	vandpd = &form{"vandpd", 1, 1, 0x54, 1, regVX, neither, both}
	vorps  = &form{"vorps", 0, 1, 0x56, 0, regVX, neither, both}
	vorpd  = &form{"vorpd", 1, 1, 0x56, 1, regVX, neither, both}
	vxorps = &form{"vxorps", 0, 1, 0x57, 0, regVX, neither, both}
	vxorpd = &form{"vxorpd", 1, 1, 0x57, 1, regVX, neither, both}

	vpaddd    = &form{"vpaddd", 1, 1, 0xFE, 0, regVX, neither, both}
	vpaddq    = &form{"vpaddq", 1, 1, 0xD4, 1, regVX, neither, both}
	vpmulld   = &form{"vpmulld", 1, 2, 0x40, 0, regVX, neither, both}
	vpmuludq  = &form{"vpmuludq", 1, 1, 0xF4, 1, regVX, neither, both}
	vpackusdw = &form{"vpackusdw", 1, 2, 0x2B, 0, regVX, neither, both}
	vpslld    = &form{"vpslld", 1, 1, 0x72, 0, vX, neither, both} // reg is 6
	vpsrld    = &form{"vpsrld", 1, 1, 0x72, 0, vX, neither, both} // reg is 2
	vpsllq    = &form{"vpsllq", 1, 1, 0x73, 1, vX, neither, both} // reg is 6
	vpsrlq    = &form{"vpsrlq", 1, 1, 0x73, 1, vX, neither, both} // reg is 2

	vcvtps2pd = &form{"vcvtps2pd", 0, 1, 0x5A, 0, regX, theX, both}
	vcvtpd2ps = &form{"vcvtpd2ps", 1, 1, 0x5A, 1, regX, theReg, both}
	vcvtph2ps = &form{"vcvtph2ps", 1, 2, 0x13, 0, regX, theX, both}
	vcvtps2ph = &form{"vcvtps2ph", 1, 3, 0x1D, 0, xReg, theX, both}
	vpmovzxwd = &form{"vpmovzxwd", 1, 2, 0x33, 0, regX, theX, both}

	vcmpps       = &form{"vcmpps", 0, 1, 0xC2, 0, regVX, neither, vexOnly}
	vcmppd       = &form{"vcmppd", 1, 1, 0xC2, 1, regVX, neither, vexOnly}
	vblendvps    = &form{"vblendvps", 1, 3, 0x4A, 0, regVXReg, neither, vexOnly}
	vblendvpd    = &form{"vblendvpd", 1, 3, 0x4B, 0, regVXReg, neither, vexOnly}
	vroundps     = &form{"vroundps", 1, 3, 0x08, 0, regX, neither, vexOnly}
	vroundpd     = &form{"vroundpd", 1, 3, 0x09, 1, regX, neither, vexOnly}
	vextractf128 = &form{"vextractf128", 1, 3, 0x19, 0, xReg, theX, vexOnly}
	vinsertf128  = &form{"vinsertf128", 1, 3, 0x18, 0, regVX, theX, vexOnly}

	kcmpps        = &form{"vcmpps", 0, 1, 0xC2, 0, kVX, neither, evexOnly}
	kcmppd        = &form{"vcmppd", 1, 1, 0xC2, 1, kVX, neither, evexOnly}
	vpmovm2d      = &form{"vpmovm2d", 2, 2, 0x38, 0, regK, neither, evexOnly}
	vpmovm2q      = &form{"vpmovm2q", 2, 2, 0x38, 1, regK, neither, evexOnly}
	vpmovd2m      = &form{"vpmovd2m", 2, 2, 0x39, 0, kX, neither, evexOnly}
	vpmovq2m      = &form{"vpmovq2m", 2, 2, 0x39, 1, kX, neither, evexOnly}
	vblendmps     = &form{"vblendmps", 1, 2, 0x65, 0, regVX, neither, evexOnly}
	vblendmpd     = &form{"vblendmpd", 1, 2, 0x65, 1, regVX, neither, evexOnly}
	vrndscaleps   = &form{"vrndscaleps", 1, 3, 0x08, 0, regX, neither, evexOnly}
	vrndscalepd   = &form{"vrndscalepd", 1, 3, 0x09, 1, regX, neither, evexOnly}
	vextractf64x4 = &form{"vextractf64x4", 1, 3, 0x1B, 1, xReg, theX, evexOnly}
	vinsertf64x4  = &form{"vinsertf64x4", 1, 3, 0x1A, 1, regVX, theX, evexOnly}
	vpmovdw       = &form{"vpmovdw", 2, 2, 0x33, 0, xReg, theX, evexOnly}
)
