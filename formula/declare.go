package formula

import (
	"math"
	"strings"
)

func (p *parser) state(kind Kind) *Error {
	t, err := p.name("the name of a state")
	if err != nil {
		return err
	}
	s := State{Name: t.text, Kind: kind, Pos: t.pos}
	if p.isSymbol("=") {
		p.take()
		if s.Init, err = p.expr(); err != nil {
			return err
		}
	}
	p.prog.States = append(p.prog.States, s)
	return nil
}

func (p *parser) hyper() *Error {
	t, err := p.name("the name of a hyperparameter")
	if err != nil {
		return err
	}
	h := Hyper{Name: t.text, Pos: t.pos, Range: Range{Lo: math.Inf(-1), Hi: math.Inf(1), OpenLo: true, OpenHi: true}}
	if _, err := p.symbol("="); err != nil {
		return err
	}
	if p.peek().kind == tokName && p.ahead(1).text == "{" {
		err = p.choice(&h)
	} else {
		err = p.interval(&h)
	}
	p.prog.Hypers = append(p.prog.Hypers, h)
	return err
}

// choice reads a default that is a name and the names it may be: linear {linear, sqrt}.
func (p *parser) choice(h *Hyper) *Error {
	def := p.take()
	p.take()
	h.Default = -1
	err := p.list(func() *Error {
		t, err := p.name("the name of a choice")
		if err == nil && t.text == def.text {
			h.Default = float64(len(h.Range.Choices))
		}
		h.Range.Choices = append(h.Range.Choices, t.text)
		return err
	})
	if err != nil {
		return err
	}
	if h.Default < 0 {
		return p.src.errorf(def.pos, "%s is none of the choices %s", def.text, strings.Join(h.Range.Choices, ", "))
	}
	h.Range.Lo, h.Range.Hi, h.Range.OpenLo, h.Range.OpenHi = 0, float64(len(h.Range.Choices)-1), false, false
	_, err = p.symbol("}")
	return err
}

// interval reads a default that is a number and, where there is one, its range: 0.9 [0,1).
func (p *parser) interval(h *Hyper) (err *Error) {
	at := p.peek().pos
	if h.Default, err = p.constant(); err != nil {
		return err
	}
	if p.isSymbol("[") || p.isSymbol("(") {
		if err := p.bounds(h); err != nil {
			return err
		}
	}
	if err := h.Check(h.Default); err != nil {
		return p.src.errorf(at, "the default %v", err)
	}
	return nil
}

// bounds reads a range such as [0,1) or (0,inf).
func (p *parser) bounds(h *Hyper) (err *Error) {
	open := p.take()
	h.Range.OpenLo = open.text == "("
	if h.Range.Lo, err = p.constant(); err != nil {
		return err
	}
	if _, err = p.symbol(","); err != nil {
		return err
	}
	if h.Range.Hi, err = p.constant(); err != nil {
		return err
	}
	end := p.take()
	if end.text != ")" && end.text != "]" {
		return p.expected(end, `")" or "]" at the end of the range`)
	}
	h.Range.OpenHi = end.text == ")"
	if h.Range.Lo >= h.Range.Hi {
		return p.src.errorf(open.pos, "the range %s holds no interval: expected a lower and a higher bound", h.Range)
	}
	return nil
}

// constant reads an expression of numbers; inf is infinity.
func (p *parser) constant() (float64, *Error) {
	at := p.peek().pos
	x, err := p.sum()
	if err != nil {
		return 0, err
	}
	v, err := p.constValue(x)
	if err == nil && math.IsNaN(v) {
		return 0, p.src.errorf(at, "%s is not a number", x)
	}
	return v, err
}

func (p *parser) constValue(x *Expr) (float64, *Error) {
	if x.Op == Var && x.Name == "inf" {
		return math.Inf(1), nil
	}
	if x.Op == Var || x.Op == Call {
		return 0, p.src.errorf(x.Pos, "expected a number, found %q", x.Name)
	}
	if x.Op == Num {
		return x.Value, nil
	}
	var v [2]float64
	for i, a := range x.Args {
		var err *Error
		if v[i], err = p.constValue(a); err != nil {
			return 0, err
		}
	}
	return applyScalar(x.Op, v[0], v[1]), nil
}
