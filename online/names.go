package online

import (
	"iter"
	"strconv"
	"unicode/utf8"
)

// keepNames keeps the names of an example's features for the weights of a
// model, as far as they are not there.
func (l *Learner) keepNames(x *Example, model int) {
	if l.names == nil || len(x.Names) == 0 {
		return
	}
	for i, name := range l.e.names(x) {
		a := (x.at[i] + uint32(model)) & l.mask()
		if _, have := l.names[a]; have {
			continue
		}
		l.names[a] = shortened(name) + ofModel(model)
	}
}

// longestName is how many bytes of a name are kept.
const longestName = 256

// shortened cuts a name, not within a character.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	end := longestName
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "..."
}

// Weight is a weight that is not 0.
type Weight struct {
	Index uint32 // the hash of its feature, the lower bits
	Value float32
	Name  string // of its feature, where names are kept; of several that share the weight the first
}

// Weights gives the weights that are not 0, by index.
func (l *Learner) Weights() iter.Seq[Weight] {
	return func(yield func(Weight) bool) {
		values, width := l.u.values(), l.u.width()
		for i := range l.touched.indexes(len(values) / width) {
			if w := l.weight(values[i*width]); w != 0 {
				index := uint32(i)
				if !yield(Weight{index, w, l.names[index]}) {
					return
				}
			}
		}
	}
}

// weight is what a weight's first value counts for.
func (l *Learner) weight(w float32) float32 {
	if d, ok := l.u.(*descend); ok {
		return pull(w, float32(d.gravity)) * float32(d.contraction)
	}
	return w
}

// ofModel marks the name of a feature of a later class, as Vowpal Wabbit does.
func ofModel(model int) string {
	if model == 0 {
		return ""
	}
	return "[" + strconv.Itoa(model) + "]"
}

// NonZero is the number of weights that are not 0.
func (l *Learner) NonZero() int {
	n := 0
	for range l.Weights() {
		n++
	}
	return n
}
