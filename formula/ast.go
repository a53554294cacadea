package formula

// Pos is a place in a formula's text; both count from 1, columns in characters.
type Pos struct{ Line, Col int }

// Op says what an expression node is.
type Op uint8

// The kinds of expression nodes. The arithmetic and comparison operators have
// two arguments; Neg has one; Call has those of its function.
const (
	Num  Op = iota // a number: Value
	Var            // a variable: Name
	Call           // a function of Args: Name, such as "sqrt" or "all.norm"
	Neg
	Add
	Sub
	Mul
	Div
	Pow
	Lt
	Le
	Gt
	Ge
	Eq
	Ne
)

var opText = [...]string{Neg: "-", Add: "+", Sub: "-", Mul: "*", Div: "/", Pow: "^", Lt: "<", Le: "<=", Gt: ">", Ge: ">=", Eq: "==", Ne: "!="}

// String is the operator as it is written in a formula.
func (op Op) String() string {
	switch op {
	case Num:
		return "number"
	case Var:
		return "name"
	case Call:
		return "call"
	}
	return opText[op]
}

// IsComparison reports whether op is one of < <= > >= == !=.
func (op Op) IsComparison() bool { return op >= Lt && op <= Ne }

// Expr is a node of a formula's syntax tree. Trees are never changed once
// they are made: rewriting makes new nodes and shares the others.
type Expr struct {
	Op    Op
	Value float64 // Num
	Name  string  // Var, Call
	Args  []*Expr
	Pos   Pos
}

// Kind says how many values a state or an expression has.
type Kind uint8

// The kinds, each contained in the next: a value of an earlier kind may stand
// wherever one of a later kind is expected and is repeated as needed.
const (
	Global Kind = iota // one number per optimizer
	Scalar             // one number per parameter
	Row                // one number per row, that is per index of the first dimension
	Elem               // one number per weight
)

// String names the kind as error messages do.
func (k Kind) String() string {
	return [...]string{"one number per optimizer", "one number per parameter", "one number per row", "one number per weight"}[k]
}

// Range is the legal range of a hyperparameter: an interval, or the names of
// a choice, whose values are 0, 1, 2, ... in order. The zero Range is that of any
// finite number.
type Range struct {
	Lo, Hi         float64 // ±Inf where there is no bound
	OpenLo, OpenHi bool    // the bound itself is not legal
	Choices        []string
}

// Hyper is a declared hyperparameter.
type Hyper struct {
	Name    string
	Default float64
	Range   Range
	Pos     Pos
}

// State is a declared variable that lives from step to step.
type State struct {
	Name string
	Kind Kind
	Init *Expr // what it starts as; nil is 0
	Pos  Pos
}

// Stmt is an assignment.
type Stmt struct {
	Name string
	X    *Expr
	Pos  Pos
}

// Program is a parsed and checked formula.
type Program struct {
	Name   string // what errors call it
	Hypers []Hyper
	States []State
	Body   []Stmt
	Eval   *Stmt // the weights to evaluate with, where they are not w
}

// Hyper finds a hyperparameter by name, nil where there is none.
func (p *Program) Hyper(name string) *Hyper {
	for i := range p.Hypers {
		if p.Hypers[i].Name == name {
			return &p.Hypers[i]
		}
	}
	return nil
}

// State finds a state by name, nil where there is none.
func (p *Program) State(name string) *State {
	for i := range p.States {
		if p.States[i].Name == name {
			return &p.States[i]
		}
	}
	return nil
}

// Assigns reports whether some statement assigns the name.
func (p *Program) Assigns(name string) bool {
	for _, s := range p.Body {
		if s.Name == name {
			return true
		}
	}
	return false
}

// Reads reports whether some expression of the body or the eval line reads
// the variable, or calls the function, of this name.
func (p *Program) Reads(name string) bool {
	for _, s := range p.Body {
		if s.X.Reads(name) {
			return true
		}
	}
	return p.Eval != nil && p.Eval.X.Reads(name)
}

// ReadsFirst reports whether the body reads the name's value from before the step.
func (p *Program) ReadsFirst(name string) bool {
	for _, s := range p.Body {
		if s.X.Reads(name) {
			return true
		}
		if s.Name == name {
			return false
		}
	}
	return false
}

// Reads reports whether the expression reads a variable, or calls a function, of this name.
func (e *Expr) Reads(name string) bool {
	if e.Name == name && (e.Op == Var || e.Op == Call) {
		return true
	}
	for _, a := range e.Args {
		if a.Reads(name) {
			return true
		}
	}
	return false
}

// Equal reports whether two expressions are the same but for their places.
func (e *Expr) Equal(f *Expr) bool {
	if e == nil || f == nil {
		return e == f
	}
	if e.Op != f.Op || e.Value != f.Value || e.Name != f.Name || len(e.Args) != len(f.Args) {
		return false
	}
	for i := range e.Args {
		if !e.Args[i].Equal(f.Args[i]) {
			return false
		}
	}
	return true
}
