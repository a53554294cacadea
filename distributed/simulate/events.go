package simulate

import "container/heap"

// event is something that a worker comes to.
type event struct {
	at     float64
	order  int // among events of the same time: as they were made
	worker int
	kind   kind
}

type kind int

const (
	computed kind = iota // a gradient is ready to be sent
	arrived              // it is at the server
)

// events are those to come, the earliest first.
type events struct {
	queue queue
	made  int
}

func (e *events) add(at float64, worker int, k kind) {
	e.made++
	heap.Push(&e.queue, event{at, e.made, worker, k})
}

// next is the earliest, if there is one.
func (e *events) next() (event, bool) {
	if len(e.queue) == 0 {
		return event{}, false
	}
	return heap.Pop(&e.queue).(event), true
}

type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	*q = (*q)[:last]
	return e
}
