package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// BenchmarkAppend has writers append examples of 200 bytes, one each at a time, on the
// disk of the temporary folder.
func BenchmarkAppend(b *testing.B) {
	example := bytes.Repeat([]byte("|f 1:0.5 "), 23)[:200]
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			dir := b.TempDir()
			l, err := Open(dir, Options{SegmentBytes: 1 << 40})
			if err != nil {
				b.Fatal(err)
			}
			file := &counted{file: l.file}
			l.file = file
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
			info, err := os.Stat(filepath.Join(dir, segmentName(0)))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(b.N)/float64(file.syncs), "records/fsync")
			b.ReportMetric(float64(info.Size())/float64(b.N), "bytes/record")
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
