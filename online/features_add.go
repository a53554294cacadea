package online

// builder is what Namespace and Feature keep between calls.
type builder struct {
	seed  uint32 // the hash of the namespace
	bare  uint32 // features without a name in it
	begun bool
}

// Namespace begins a namespace: the features that follow are of it. Until it is
// called they are of the one without a name, "". Names are hashed as Vowpal
// Wabbit's text is with its usual options, so what was built so and what was
// read are alike.
func (x *Example) Namespace(name string) {
	group := byte(' ')
	x.builder = builder{begun: true}
	if name != "" {
		group = name[0]
		x.builder.seed = HashStrings([]byte(name), 0)
	}
	x.by = nil
	x.Groups = append(x.Groups, Group{group, len(x.Hashes), len(x.Hashes)})
}

// Feature adds a feature to the namespace that was begun last. Features whose
// value is 0, infinite or no number are left out.
func (x *Example) Feature(name string, value float32) {
	if !x.builder.begun {
		x.Namespace("")
	}
	b := &x.builder
	hash := b.seed + b.bare
	if name != "" {
		hash = HashStrings([]byte(name), b.seed)
	} else {
		b.bare++
	}
	if value == 0 || !finite(value) {
		return
	}
	x.by = nil
	x.Hashes, x.Values = append(x.Hashes, hash), append(x.Values, value)
	x.Groups[len(x.Groups)-1].To = len(x.Hashes)
}
