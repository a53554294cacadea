package compat

import (
	"math"

	"github.com/descent-go/descent/optim"
)

// Each function here makes the optimizers of one name in both versions of MXNet.

func mxnetMakeSGD(o *mxnetOptions) {
	o.use(optim.SGD)
	o.gradient()
	o.rate()
	o.momentum(0)
	o.decay()
	o.lazy(o.lazyUpdate())
}

// lazyUpdate reads lazy_update, which is about row-sparse gradients.
func (o *mxnetOptions) lazyUpdate() bool {
	lazy := o.flag("lazy_update", !o.class.two)
	if lazy && o.unfused {
		o.fail("option lazy_update: MXNet has it only with use_fused_step")
	}
	return lazy
}

func mxnetMakeNAG(o *mxnetOptions) {
	def := 0.0
	if o.class.two {
		def = 0.9
	}
	switch {
	case o.class.two:
		o.use(optim.NAGShifted)
	case o.number("momentum", def) > 0:
		o.variant(mxnetNAG)
		o.add("shares", "stype", truth(!o.rowSparse())) // row-sparse weights are copied
	default:
		o.use(optim.SGD)
	}
	o.gradient()
	o.rate()
	o.momentum(def)
	o.decay()
	o.lazy(o.number("momentum", def) <= 0 && !o.unfused) // which is SGD's operator
}

func mxnetMakeSignum(o *mxnetOptions) {
	if o.number("momentum", 0.9) == 0 {
		mxnetMakeSignSGD(o)
		return
	}
	o.use(optim.Signum)
	o.gradient()
	o.rate()
	o.set("momentum", "momentum", 0.9)
	o.set("wd_lh", "wd_lh", 0)
	o.decay()
}

// mxnetMakeSignSGD makes Signum without momentum, which neither rescales nor clips.
func mxnetMakeSignSGD(o *mxnetOptions) {
	o.variant(mxnetSignSGD)
	o.number("rescale_grad", 1)
	o.limit()
	o.rate()
	o.decay()
	if lh := o.set("wd_lh", "wd_lh", 0); lh != 0 && !o.class.two {
		o.fail("option wd_lh: MXNet 1.9 has it only with momentum")
	}
}

func mxnetMakeDCASGD(o *mxnetOptions) {
	momentum := o.number("momentum", 0)
	if o.class.two {
		o.variant(mxnetDCASGD2)
		o.add("momentum", "momentum", momentum)
	} else {
		o.use(optim.DCASGDMXNet)
		if momentum != 0 {
			o.fail("option momentum: MXNet 1.9's DCASGD fails with momentum; mxnet2's works")
		}
	}
	o.gradient()
	o.rate()
	o.set("lambda", "lamda", 0.04)
	o.decay()
}

func mxnetMakeSGLD(o *mxnetOptions) {
	o.use(optim.SGLD)
	o.gradient()
	o.rate()
	o.decay()
}

func mxnetMakeTest(o *mxnetOptions) {
	o.optional("clip_gradient") // without effect
	if o.class.two {
		o.use(optim.SGD)
		o.rescale()
		o.rate()
		o.decay()
		return
	}
	o.variant(mxnetTest)
	o.rescale()
	o.noRate()
	o.noDecay()
}

func mxnetMakeLARS(o *mxnetOptions) {
	o.variant(mxnetLARS[o.float16() && !o.class.two])
	o.set("rescale_grad", "rescale_grad", 1)
	o.clipWithin()
	o.rate()
	o.momentum(0)
	o.decay()
	o.lazyUpdate()
	o.set("eta", "eta", 0.001)
	o.add("skip", "lars_skip", truth(o.flag("lars_skip", false)))
	if o.class.two {
		o.set("eps", "epsilon", 1e-8)
		return
	}
	o.set("eps", "eps", 0)
	o.add("correction", "momentum_correction", truth(o.flag("momentum_correction", true)))
}

// rowSparse reports whether the weights are stored so.
func (o *mxnetOptions) rowSparse() bool {
	return o.text("stype", "default", "default", "row_sparse") == "row_sparse"
}

// float16 reports whether the weights are of that type.
func (o *mxnetOptions) float16() bool { return o.text("dtype", "float32", dtypes...) == "float16" }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func mxnetMakeLBSGD(o *mxnetOptions) {
	o.variant(mxnetLBSGD)
	o.set("rescale_grad", "rescale_grad", 1)
	o.clipWithin()
	o.rate()
	o.momentum(0)
	o.decay()
	strategy := "none"
	if s, ok := o.take("warmup_strategy"); !ok {
		strategy = "linear"
	} else if text, isText := s.(string); !isText {
		o.fail("option warmup_strategy: expected linear, power2, sqrt or lars, found %s", show(s))
	} else if text == "linear" || text == "power2" || text == "sqrt" || text == "lars" {
		strategy = text
	}
	o.settings = append(o.settings, setting{"warmup", strategy})
	o.set("warmup_epochs", "warmup_epochs", 5)
	o.set("batch_scale", "batch_scale", 1)
	o.set("updates_per_epoch", "updates_per_epoch", 32)
	o.set("begin_epoch", "begin_epoch", 0)
	o.number("num_epochs", 60) // without effect
	o.lagging()
	o.lazy(o.number("batch_scale", 1) == 1)
}

// lagging reads whether a parameter has the learning rate of the step before.
func (o *mxnetOptions) lagging() {
	lag := o.flag("lag", false)
	o.add("lag", "lag", truth(lag))
	first := 0.0
	if lag && o.rates != nil {
		first = o.rates.at(o.begin) * o.lrMult
	}
	o.add("first", "lr_scheduler", first)
}

func mxnetMakeAdaGrad(o *mxnetOptions) {
	if o.class.two {
		o.variant(mxnetAdaGrad2)
		o.set("eps", "epsilon", 1e-6)
	} else {
		o.variant(mxnetAdaGrad)
		o.set("eps", "eps", 1e-7)
	}
	o.gradient()
	o.rate()
	o.decay()
	o.lazy(true)
}

func mxnetMakeGroupAdaGrad(o *mxnetOptions) {
	if o.class.two {
		o.variant(mxnetGroupAdaGrad2)
		o.set("eps", "epsilon", 1e-6)
	} else {
		o.variant(mxnetGroupAdaGrad)
		o.set("eps", "eps", 1e-5)
	}
	o.gradient()
	o.rate()
	o.lazy(true)
	if o.number("wd", 0)*o.number("wd_mult", 1) != 0 {
		o.fail("option wd: MXNet's GroupAdaGrad has no weight decay: leave it out")
	}
}

func mxnetMakeAdaDelta(o *mxnetOptions) {
	if o.class.two {
		o.variant(mxnetAdaDelta2)
		o.rate()
		o.set("eps", "epsilon", 1e-6)
	} else {
		o.variant(mxnetAdaDelta)
		o.noRate()
		o.set("eps", "epsilon", 1e-5)
	}
	o.gradient()
	o.set("rho", "rho", 0.9)
	o.decay()
}

func mxnetMakeRMSProp(o *mxnetOptions) {
	rho, momentum := "gamma1", "gamma2"
	plain := mxnetRMSProp
	if o.class.two {
		rho, momentum = "rho", "momentum"
		plain = mxnetRMSProp2
	}
	if o.flag("centered", false) {
		o.variant(mxnetRMSPropCentered)
		o.set("momentum", momentum, 0.9)
	} else {
		o.variant(plain)
		o.number(momentum, 0.9) // without effect
	}
	o.gradientOfSum()
	o.rate()
	o.single("rho", rho, 0.9)
	o.set("eps", "epsilon", 1e-8)
	o.decay()
	o.bound("most", "clip_weights", math.Inf(1))
}

// bound reads a bound that is none where it is 0.
func (o *mxnetOptions) bound(hyper, option string, none float64) {
	if v, ok := o.optional(option, notNegative); ok && v != 0 {
		o.add(hyper, option, v)
		return
	}
	o.add(hyper, option, none)
}

func mxnetMakeFtrl(o *mxnetOptions) {
	o.variant(mxnetFtrl)
	o.gradient()
	o.rate()
	o.set("l1", "lamda1", 0.01)
	o.set("beta", "beta", 1)
	o.decay()
	o.lazy(o.rowSparse())
}

func mxnetMakeFTML(o *mxnetOptions) {
	o.variant(mxnetFTML)
	o.gradientOfSum()
	o.counting()
	o.rate()
	o.single("beta1", "beta1", 0.6)
	o.single("beta2", "beta2", 0.999)
	o.set("eps", "epsilon", 1e-8)
	o.decay()
}

// moments reads what Adam and its kin share.
func (o *mxnetOptions) moments(beta1, eps float64) {
	o.counting()
	o.rate()
	o.set("beta1", "beta1", beta1)
	o.set("beta2", "beta2", 0.999)
	o.set("eps", "epsilon", eps)
	o.decay()
}
