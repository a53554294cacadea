package source

import (
	"io"
	"os"
	"testing"

	"github.com/descent-go/descent/online"
)

// benchmarkLine reads a line again and again.
func benchmarkLine(b *testing.B, line string) {
	var x online.Example
	v := NewVW(&again{text: []byte(line)}, Options{})
	features := 0
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if err := v.Read(&x); err != nil {
			b.Fatal(err)
		}
		features += len(x.Hashes)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(features), "ns/feature")
}

// BenchmarkVW reads lines of several kinds, and the file that VW_FILE names.
func BenchmarkVW(b *testing.B) {
	for _, c := range []struct{ name, line string }{
		{"exponents", "1 |f 9:6.2699720e-02 144:3.3754818e-02 2121:3.3519048e-02 25252:8.5761078e-02"},
		{"decimals", "0.521144 1 PFF/20091028|T PFF |f t1:-0.0236849 t5:-0.10215 r5:0.727735 t10:-0.0387662 r10:0.911208"},
		{"words", "1 |user age=30 country=de browser=firefox |ad id=12345 topic=travel"},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkLine(b, c.line+"\n") })
	}
	if path := os.Getenv("VW_FILE"); path != "" {
		b.Run("file", func(b *testing.B) { benchmarkFile(b, path) })
	}
}

// benchmarkFile reads a file from its beginning to its end.
func benchmarkFile(b *testing.B, path string) {
	var x online.Example
	features := 0
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(info.Size())
		for v := NewVW(f, Options{}); err == nil; err = v.Read(&x) {
			features += len(x.Hashes)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		f.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(features), "ns/feature")
}
