package vw

// startHistory begins a history where one is wanted.
func (r *run) startHistory() {
	if r.c.History {
		r.history = newHistory(r.l)
		r.history.began = r.began
	}
}

// historyPass ends a pass of the history.
func (r *run) historyPass(best bool) {
	if r.history != nil {
		r.history.endPass(r.holdout, best)
	}
}

// historyResult is the history so far, nil where there is none.
func (r *run) historyResult() *History {
	if r.history == nil {
		return nil
	}
	return r.history.result(r.test)
}
