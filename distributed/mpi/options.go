package mpi

import (
	"errors"
	"fmt"
	"time"
)

// Option is for [Open].
type Option func(*settings) error

type settings struct {
	patience time.Duration // 0: no end
}

// Patience is how long a rank waits for another: where nothing comes for so long,
// the exchange fails and names a rank that is missing. Choose more than the time
// in which the slowest rank computes a step, or saves. Without it a rank waits as
// long as the others live.
func Patience(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("mpi: a patience of %v: it must be more than 0", d)
		}
		s.patience = d
		return nil
	}
}

func settingsOf(options []Option) (settings, error) {
	var s settings
	for _, option := range options {
		if option == nil {
			return s, errors.New("mpi: an option is nil")
		}
		if err := option(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}
