package compat

import "math"

// Each function here makes the optimizers of one name in both versions of MXNet:
// Adam and its kin.

func mxnetMakeAdam(o *mxnetOptions) {
	if o.unfused {
		o.variant(mxnetAdamUnfused)
	} else {
		o.variant(mxnetAdam)
	}
	o.gradientOfSum()
	o.moments(0.9, 1e-8)
	o.lazy(o.lazyUpdate())
}

func mxnetMakeAdamax(o *mxnetOptions) {
	o.variant(mxnetAdamax)
	o.gradientOfSum()
	o.counting()
	o.rate()
	o.set("beta1", "beta1", 0.9)
	o.set("beta2", "beta2", 0.999)
	o.decay()
	if o.class.two {
		o.set("eps", "epsilon", 1e-8)
	} else {
		o.add("eps", "epsilon", 0)
	}
}

func mxnetMakeNadam(o *mxnetOptions) {
	o.use(mxnetNadam{})
	o.gradientOfSum()
	o.moments(0.9, 1e-8)
	o.set("schedule_decay", "schedule_decay", 0.004)
}

// mxnetMakeFused takes MXNet 2's variant of one operator or of a loop, with or
// without correction of the bias.
func mxnetMakeFused(o *mxnetOptions, fused, unfused map[bool]mxnetVariant) {
	corrected := o.flag("correct_bias", true)
	if o.unfused {
		o.variant(unfused[corrected])
		o.rescale()
	} else {
		o.variant(fused[corrected])
		o.set("rescale_grad", "rescale_grad", 1)
	}
	o.clipWithin()
	o.moments(0.9, 1e-6)
}

func mxnetMakeAdamW(o *mxnetOptions) {
	mxnetMakeFused(o, mxnetAdamW, mxnetAdamWUnfused)
}

func mxnetMakeAdaBelief(o *mxnetOptions) {
	mxnetMakeFused(o, mxnetAdaBelief, mxnetAdaBeliefUnfused)
}

func mxnetMakeLAMB(o *mxnetOptions) {
	each := 1
	if o.class.two && !o.unfused && o.whole("aggregate_num", 4) == 1 {
		each = 2
	}
	form := mxnetLAMB
	if o.float16() && !o.class.two {
		form = mxnetLAMBFloat16
	}
	o.variant(form[o.flag("bias_correction", true)])
	o.add("each", "aggregate_num", float64(each))
	o.gradient()
	o.counting()
	o.rateEach(each)
	o.bounded()
}

func mxnetMakeLANS(o *mxnetOptions) {
	if o.unfused {
		o.variant(mxnetLANSUnfused)
	} else {
		o.variant(mxnetLANS[o.float16()])
	}
	o.rescale()
	o.clipWithin()
	o.counting()
	o.rate()
	o.bounded()
}

// bounded reads what LAMB and LANS share.
func (o *mxnetOptions) bounded() {
	o.single("beta1", "beta1", 0.9)
	o.single("beta2", "beta2", 0.999)
	o.set("eps", "epsilon", 1e-6)
	o.decay()
	o.bound("lower", "lower_bound", 0)
	o.bound("upper", "upper_bound", math.Inf(1))
}

// mxnetMakeAdamWOp makes an operator, which has options of its own.
func mxnetMakeAdamWOp(o *mxnetOptions) {
	o.variant(mxnetAdamWOp)
	o.adamWOp()
}

// mxnetMakeAdamWMultiOp makes an operator for many parameters at once.
func mxnetMakeAdamWMultiOp(o *mxnetOptions) {
	o.variant(mxnetAdamWMultiOp)
	o.adamWOp()
}

// adamWOp reads what these operators share.
func (o *mxnetOptions) adamWOp() {
	for _, required := range []string{"lr", "eta"} {
		o.missing(required)
	}
	o.set("lr", "lr", 0.001)
	o.set("eta", "eta", 1)
	o.set("rescale_grad", "rescale_grad", 1)
	o.clipWithin()
	o.set("beta1", "beta1", 0.9)
	o.set("beta2", "beta2", 0.999)
	o.set("eps", "epsilon", 1e-8)
	o.set("wd", "wd", 0)
}
