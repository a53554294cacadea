package serve

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// synced is told of records brought to disk together.
func (m *metrics) synced(records, _ int, fsync time.Duration) {
	m.syncRecords.Observe(float64(records))
	m.syncSeconds.Observe(fsync.Seconds())
}

// metrics are what /metrics tells, of this process since its start.
type metrics struct {
	registry        *prometheus.Registry
	predicted       atomic.Int64
	learned         prometheus.Counter
	skipped         prometheus.Counter
	refused         *prometheus.CounterVec
	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	waiting         prometheus.Gauge
	syncSeconds     prometheus.Histogram
	syncRecords     prometheus.Histogram
	snapshotSeconds prometheus.Histogram
	snapshotsFailed prometheus.Counter
}

func newMetrics(s *Service) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "descent", Name: name, Help: help})
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "descent", Name: name, Help: help, Buckets: buckets})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		learned:  counter("learned_total", "Examples learned by /learn."),
		skipped:  counter("skipped_total", "Examples among them that changed nothing, since numbers became too large."),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "descent", Name: "requests_total", Help: "Requests, by path and status."}, []string{"path", "code"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "descent", Name: "refused_total", Help: "Requests refused, by reason."}, []string{"reason"}),
		requestSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "descent", Name: "request_seconds", Help: "Time from a request's header to its answer.",
			Buckets: prometheus.ExponentialBuckets(50e-6, 2, 18)}, []string{"path"}),
		waiting:         prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "descent", Name: "waiting", Help: "Examples that wait to be learned."}),
		syncSeconds:     histogram("fsync_seconds", "Time to bring a group of records to disk.", prometheus.ExponentialBuckets(50e-6, 2, 18)),
		syncRecords:     histogram("group_records", "Records brought to disk together.", prometheus.ExponentialBuckets(1, 2, 16)),
		snapshotSeconds: histogram("snapshot_seconds", "Time to make a snapshot.", prometheus.ExponentialBuckets(1e-3, 2, 18)),
		snapshotsFailed: counter("snapshots_failed_total", "Snapshots that could not be made."),
	}
	predictions := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Namespace: "descent", Name: "predictions_total", Help: "Examples predicted by /predict.",
	}, func() float64 { return float64(m.predicted.Load()) })
	average := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "descent", Name: "average_loss", Help: "Progressive loss: of each example before it was learned, over all since the store began.",
	}, func() float64 { return s.look().sums.average() })
	m.registry.MustRegister(predictions, m.learned, m.skipped, m.refused, m.requests, m.requestSeconds, m.waiting, m.syncSeconds, m.syncRecords,
		m.snapshotSeconds, m.snapshotsFailed, average,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}
