package journal

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"
)

// BenchmarkAppend has writers append examples of 200 bytes, one each at a time, on the
// disk of the temporary folder.
func BenchmarkAppend(b *testing.B) {
	example := bytes.Repeat([]byte("|f 1:0.5 "), 23)[:200]
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			fsyncs, size := 0, 0
			told := func(_, bytes int, _ time.Duration) { fsyncs, size = fsyncs+1, size+bytes }
			l, err := Open(b.TempDir(), Options{Synced: told})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			var wait sync.WaitGroup
			for w := range writers {
				wait.Go(func() {
					for range b.N/writers + min(1, max(0, b.N%writers-w)) {
						if _, err := l.Append([][]byte{example}, nil); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wait.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(b.N)/float64(fsyncs), "records/fsync")
			b.ReportMetric(float64(size)/float64(b.N), "bytes/record")
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func BenchmarkReplay(b *testing.B) {
	l, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	example := bytes.Repeat([]byte("|f 1:0.5 "), 23)[:200]
	for range 1000 {
		if _, err := l.Append([][]byte{example, example, example, example, example, example, example, example, example, example}, nil); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := l.Replay(0, func(uint64, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "records/s")
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}
