package nats

import (
	"fmt"
	"strings"
)

// Place is where a parameter server answers. Several may share a job: each has
// the tensors that server.Of gives it.
type Place struct {
	Job     string // a name, which workers give too
	Index   int    // which of the servers, from 0; the first hands out work
	Servers int    // how many there are, 0 is 1
}

// subject is what the server listens at.
func (p Place) subject() string { return fmt.Sprintf("descent.%s.server.%d", p.Job, p.Index) }

// workers begins the subjects of workers.
func (p Place) workers() string { return "descent." + p.Job + ".worker." }

// check refuses what makes no subject.
func (p Place) check() error {
	if !named(p.Job) {
		return fmt.Errorf("nats: the job's name %q: expected letters, digits, - and _, 64 at most", p.Job)
	}
	if p.Servers < 0 || p.Index < 0 || p.Index >= max(p.Servers, 1) {
		return fmt.Errorf("nats: server %d of %d: expected one from 0 to %d", p.Index, p.Servers, max(p.Servers, 1)-1)
	}
	return nil
}

// named reports whether a text is a name of letters, digits, - and _.
func named(s string) bool {
	outside := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, outside)
}
