//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var list = flag.String("forms", "", "write the instructions that TestEncoding encodes to this file, for testdata/golden.sh")

// formList is every form.
var formList = []*form{
	vmovups, vstorps, vmovlps, vcvtsd2ss, vbroadcastss, vbroadcastsd, vaddps, vaddpd, vmulps, vmulpd, vsubps, vsubpd, vdivps, vdivpd, vsqrtps, vsqrtpd,
	vandps, vandpd, vorps, vorpd, vxorps, vxorpd, vpaddd, vpaddq, vpmulld, vpmuludq, vpackusdw, vpslld, vpsrld, vpsllq, vpsrlq,
	vcvtps2pd, vcvtpd2ps, vcvtph2ps, vcvtps2ph, vpmovzxwd, vcmpps, vcmppd, vblendvps, vblendvpd, vroundps, vroundpd,
	vextractf128, vinsertf128, kcmpps, kcmppd, vpmovm2d, vpmovm2q, vpmovd2m, vpmovq2m, vblendmps, vblendmpd,
	vrndscaleps, vrndscalepd, vextractf64x4, vinsertf64x4, vpmovdw,
}

// digits are the parts of opcodes that take the place of a register.
var digits = map[*form]int{vpslld: 6, vpsrld: 2, vpsllq: 6, vpsrlq: 2}

// broadcasts read memory of so many bytes, or a register of 16.
var broadcasts = map[*form]int{vbroadcastss: 4, vbroadcastsd: 8}

// hasImmediate reports whether a form ends in a number.
func (f *form) hasImmediate() bool {
	for _, s := range []string{"vcmp", "vround", "vrnd", "vinsert", "vextract", "vcvtps2ph", "vps"} {
		if strings.HasPrefix(f.name, s) {
			return true
		}
	}
	return false
}

func (f *form) sizes(evex bool) []int {
	switch {
	case f == vmovlps || f == vcvtsd2ss:
		return []int{16}
	case f == vextractf128 || f == vinsertf128:
		return []int{32}
	case f == vextractf64x4 || f == vinsertf64x4:
		return []int{64}
	case f == vbroadcastsd && evex:
		return []int{32, 64}
	case f == vbroadcastsd:
		return []int{32}
	case evex:
		return []int{16, 32, 64}
	}
	return []int{16, 32}
}

func register(n, size int) string { return fmt.Sprintf("%cmm%d", " xy z"[size/16], n) }

var general = []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}

// text is the operand as GNU as reads it, and whether it has a displacement.
func (x rm) text(size int) string {
	if !x.isMem {
		return register(x.reg, size)
	}
	s := map[int]string{4: "DWORD", 8: "QWORD", 16: "XMMWORD", 32: "YMMWORD", 64: "ZMMWORD"}[size] + " PTR [" + general[x.base]
	if x.index != none {
		s += fmt.Sprintf("+%s*%d", general[x.index], 1<<x.scale)
	}
	if x.disp != 0 {
		s += fmt.Sprintf("%+d", x.disp)
	}
	return s + "]"
}

// text is an instruction as GNU as reads it.
func (f *form) text(evex bool, size int, o op, x string) string {
	prefix := "{vex}"
	if evex {
		prefix = "{evex}"
		if o.x.disp != 0 {
			prefix = "{evex} {disp32}"
		}
	}
	wide := size
	if f.narrow == theReg {
		wide = max(16, size/2)
	}
	reg, v := register(o.reg, wide), register(o.v, size)
	if o.mask != 0 {
		reg += fmt.Sprintf("{k%d}", o.mask)
	}
	var args []string
	switch f.shape {
	case regX:
		args = []string{reg, x}
	case xReg:
		args = []string{x, reg}
	case regVX:
		args = []string{reg, v, x}
	case vX:
		args = []string{v, x}
	case regVXReg:
		args = []string{reg, v, x, register(o.imm>>4, size)}
	case kVX:
		args = []string{"k1", v, x}
	case kX:
		args = []string{"k1", x}
	case regK:
		args = []string{reg, "k1"}
	}
	if f.hasImmediate() {
		args = append(args, fmt.Sprint(o.imm))
	}
	return prefix + " " + f.name + " " + strings.Join(args, ", ")
}

// sample is an instruction, as text and as bytes.
type sample struct{ text, bytes string }

// operandsOf are the last operands to try.
func (f *form) operandsOf(evex bool) []rm {
	x := []rm{inReg(1), inReg(12)}
	if f.shape == regK {
		return []rm{inReg(1)}
	}
	if f == vmovups || f == vstorps || f == vmovlps || f == vcvtsd2ss { // memory only
		x = nil
	}
	if evex && x != nil {
		x = append(x, inReg(18), inReg(29))
	}
	if f.shape == vX || f.shape == kX {
		return x
	}
	for _, disp := range []int{0, -128, 128} {
		x = append(x, at(rdi, disp), rm{isMem: true, base: 13, index: rax, scale: 2, disp: disp})
	}
	return append(x, at(12, 8), rm{isMem: true, base: rcx, index: rdx})
}

// samples encodes every form with many operands.
func samples() []sample {
	var all []sample
	for _, evex := range []bool{false, true} {
		for _, f := range formList {
			if evex && f.only == vexOnly || !evex && f.only == evexOnly {
				continue
			}
			for _, size := range f.sizes(evex) {
				all = append(all, f.samples(evex, size)...)
			}
		}
	}
	return append(all, generalSamples()...)
}

func (f *form) samples(evex bool, size int) []sample {
	var all []sample
	narrow := size
	if f.narrow == theX {
		narrow /= 2
	}
	if narrow == 8 {
		narrow = 16 // as the registers are called
	}
	for i, x := range f.operandsOf(evex) {
		o := op{reg: i % 16, v: (5*i + 3) % 16, x: x, imm: none}
		if evex {
			o.reg, o.v = (7*i+2)%32, (5*i+3)%32
		}
		if f.hasImmediate() {
			o.imm = 9
		}
		switch f.shape {
		case regX, xReg, kX, regK:
			o.v = 0
		case regVXReg:
			o.imm = (3*i + 2) % 16 << 4
		}
		if f.shape == kVX || f.shape == kX {
			o.reg = 1
		}
		if f == vblendmps || f == vblendmpd {
			o.mask = 1
		}
		if d, ok := digits[f]; ok {
			o.reg = d
		}
		all = append(all, f.sample(evex, size, narrow, o))
	}
	return all
}

func (f *form) sample(evex bool, size, narrow int, o op) sample {
	a := assembler{evex: evex}
	a.vector(f, size, o)
	if n := broadcasts[f]; n > 0 && o.x.isMem {
		narrow = n
	} else if n > 0 {
		narrow = 16
	} else if o.x.isMem && f.narrow == theX {
		narrow = size / 2
	}
	return sample{f.text(evex, size, o, o.x.text(narrow)), fmt.Sprintf("%x", a.code)}
}

// generalSamples encodes what is no vector instruction, and operands that are constants.
func generalSamples() []sample {
	var all []sample
	add := func(text string, make func(a *assembler)) {
		for _, evex := range []bool{false, true} {
			a := assembler{evex: evex}
			make(&a)
			all = append(all, sample{text, fmt.Sprintf("%x", a.code)})
		}
	}
	for _, dst := range append([]int{rax, rcx, rdx, rsi}, bases...) {
		add(fmt.Sprintf("mov %s, QWORD PTR [rdi+24]", general[dst]), func(a *assembler) { a.load(dst, rdi, 24) })
	}
	add("mov rsi, QWORD PTR [rdi+4096]", func(a *assembler) { a.load(rsi, rdi, 4096) })
	add("cmp rax, QWORD PTR [rdi]", func(a *assembler) { a.compare(rax, rdi, 0) })
	add("add rax, 16", func(a *assembler) { a.add(rax, 16) })
	add("and rdx, 127", func(a *assembler) { a.and(rdx, 127) })
	add("xor eax, eax", func(a *assembler) { a.clear(rax) })
	add("jl .-100000", func(a *assembler) { a.jumpLess(-100000) })
	add("{disp32} nop DWORD PTR [rax+rax*1+0]", func(a *assembler) { a.code = make([]byte, 24); a.align(); a.code = a.code[24:] })
	add("vzeroupper", func(a *assembler) { a.leave(); a.code = a.code[:3] })
	add("ret", func(a *assembler) { a.leave(); a.code = a.code[3:] })
	for _, evex := range []bool{false, true} {
		for f, imm := range map[*form]int{vaddpd: none, vroundps: 9, vrndscaleps: 9, vcvtpd2ps: none} {
			if !(evex && f.only == vexOnly || !evex && f.only == evexOnly) {
				all = append(all, f.constant(evex, imm))
			}
		}
	}
	return all
}

// constant encodes the reading of the second constant, which lies at 64+32.
func (f *form) constant(evex bool, imm int) sample {
	a := assembler{evex: evex}
	a.konst(1)
	o := op{reg: 3, x: a.konst(2), imm: imm}
	if f.shape == regVX {
		o.v = 14
	}
	a.vector(f, 32, o)
	n := len(a.code)
	return sample{f.text(evex, 32, o, fmt.Sprintf("YMMWORD PTR [rip+%d]", 96-n)), fmt.Sprintf("%x", a.finish(32)[:n])}
}

// Every form has the bytes that GNU as gives it.
func TestEncoding(t *testing.T) {
	all := samples()
	if *list != "" {
		var text strings.Builder
		text.WriteString(".intel_syntax noprefix\n")
		for _, s := range all {
			text.WriteString(s.text + "\n")
		}
		if err := os.WriteFile(*list, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	file, err := os.Open("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	golden := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text, bytes, _ := strings.Cut(lines.Text(), "\t")
		golden[text] = bytes
	}
	for _, s := range all {
		if want, ok := golden[s.text]; !ok {
			t.Errorf("%s is not in testdata/golden.txt; run testdata/golden.sh", s.text)
		} else if s.bytes != want {
			t.Errorf("%s is %s, expected %s", s.text, s.bytes, want)
		}
	}
}
