package online

import "fmt"

// Link turns a model's sum into a prediction.
type Link int

// The links, as --link names them.
const (
	Identity     Link = iota // the sum itself
	LogisticLink             // 1/(1+e^-sum), a probability
	PoissonLink              // e^sum, a mean
	Glf1                     // 2/(1+e^-sum) - 1, from -1 to 1
)

var linkNames = [...]string{"identity", "logistic", "poisson", "glf1"}

// String is the link's name.
func (k Link) String() string {
	if k < 0 || int(k) >= len(linkNames) {
		return fmt.Sprintf("Link(%d)", int(k))
	}
	return linkNames[k]
}

// LinkByName finds a link as --link names it.
func LinkByName(name string) (Link, error) {
	for i, n := range linkNames {
		if n == name {
			return Link(i), nil
		}
	}
	return 0, fmt.Errorf("online: no link %q: expected identity, logistic, poisson or glf1", name)
}

func (k Link) of(sum float32) float32 {
	switch k {
	case LogisticLink:
		return 1 / (1 + exp32(-sum))
	case PoissonLink:
		return exp32(sum)
	case Glf1:
		return 2/(1+exp32(-sum)) - 1
	}
	return sum
}
