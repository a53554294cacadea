package source

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"github.com/descent-go/descent/online"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// numbers is VW text of n examples that packs badly.
func numbers(n int) string {
	var b strings.Builder
	for i, h := 0, uint32(1); i < n; i++ {
		b.WriteString("1 |")
		for range 10 {
			h = h*1664525 + 1013904223
			b.WriteString(" " + string('a'+rune(h>>28)) + strings.Repeat(string('a'+rune(h>>20&15)), int(h>>16&3)) + ":0.5")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestOpenPacked(t *testing.T) {
	text := numbers(20000)
	want := readAll(t, NewVW(strings.NewReader(text), Options{}))
	for name, content := range map[string]string{
		"plain": text, "gzip": gzipped(t, text), "zstd": zstandard(t, text),
		"two of gzip": gzipped(t, text[:1000]) + gzipped(t, text[1000:]),
		"two of zstd": zstandard(t, text[:1000]) + zstandard(t, text[1000:]),
	} {
		s, err := Open(write(t, name, content), Auto, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		var watching sync.WaitGroup
		watching.Go(func() {
			for done, total := s.Progress(); done < total; done, total = s.Progress() {
				runtime.Gosched()
			}
		})
		got := readAll(t, s)
		watching.Wait()
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %d examples, want %d", name, len(got), len(want))
		}
		done, total := s.Progress()
		if s.Format != FormatVW || s.Examples != 20000 || done != int64(len(content)) || total != done {
			t.Errorf("%s: format %q, %d examples, %d of %d bytes, %d written", name, s.Format, s.Examples, done, total, len(content))
		}
		if err := s.Close(); err != nil {
			t.Error(name, err)
		}
	}
}

func TestOpenDamaged(t *testing.T) {
	text := numbers(20000)
	for kind, content := range map[string]string{"gzip": gzipped(t, text), "zstd": zstandard(t, text)} {
		flipped := []byte(content)
		flipped[len(flipped)/2] ^= 0x55
		for what, damaged := range map[string]string{"cut": content[:len(content)-7], "flipped": string(flipped), "head": content[:5]} {
			path := write(t, "x.vw", damaged)
			s, err := Open(path, Auto, Options{})
			if err == nil {
				_, err = readToError(s)
				if s.Close() != nil {
					t.Error("not closed")
				}
			}
			if err == io.EOF || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), kind+" data is damaged or cut off within its first ") {
				t.Errorf("%s %s: %v", kind, what, err)
			}
		}
	}
}

func detectIn(name, text string) (Format, error) {
	s, err := newStream(iotest.OneByteReader(strings.NewReader(text)), io.NopCloser(nil))
	if err != nil {
		return "", err
	}
	return s.detect(name)
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       Format
	}{
		{"x", "1 |a b:2\n", FormatVW},
		{"x", "\n# 1:2\n1 1:2 |a\n", FormatVW},
		{"x", "", FormatVW},
		{"x", "1\n-1\n", FormatVW},
		{"x", "\xef\xbb\xbf \r\n {\"a\":1}", FormatJSON},
		{"x", "a,b|c\n1,2", FormatCSV},
		{"x", "n|c,\"_label\"\n1,2", FormatCSV},
		{"x", "n|c,b\n1,2", FormatVW},
		{"x", "1 'a,b|c\n", FormatVW},
		{"x", "a,_label,b|c\n1,2", FormatCSV},
		{"x", "\"_label\",b\n1,2", FormatCSV},
		{"x", "a,b\n1,2", FormatCSV},
		{"x", "# a comment\n+1 13:0.5 14:1", FormatLibSVM},
		{"x", "1\n-1 qid:3 1:2", FormatLibSVM},
		{"x", "1 a:2\n", FormatVW},
		{"x.csv", "1 |a b:2\n", FormatCSV},
		{"dir.csv/X.TSV.GZ", "", FormatCSV},
		{"x.jsonl.zst", "", FormatJSON},
		{"x.ndjson", "", FormatJSON},
		{"x.json", "", FormatJSON},
		{"x.svm.gz", "", FormatLibSVM},
		{"x.libsvm", "", FormatLibSVM},
		{"x.vw", "{\x00", FormatVW},
		{"x.csv/x.gz", "|", FormatVW},
	} {
		if got, err := detectIn(c.name, c.head); got != c.want || err != nil {
			t.Errorf("%s, %q: %q and %v, want %q", c.name, c.head, got, err, c.want)
		}
	}
	for _, head := range []string{"\x00\x01\x02", "1\x00|\x00a\x00"} {
		if _, err := detectIn("x", head); err == nil || !strings.Contains(err.Error(), "binary data (a zero byte at ") {
			t.Errorf("%q: %v", head, err)
		}
	}
}

func TestOpenFormats(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"x.vw", "1 |n 1:2 3:4\n"},
		{"x.svm", "1 1:2 3:4\n"},
		{"x.csv", "label,n|1,n|3\n1,2,4\n"},
		{"x.tsv", "label\tn|1\tn|3\n1\t2\t4\n"},
		{"x.json", "{\"_label\":1,\"n\":{\"1\":2,\"3\":4}}\n"},
	} {
		s, err := Open(write(t, c.name, c.text), Auto, Options{Hash: func(name []byte, seed uint32) uint32 { return uint32(name[0] - '0') }})
		if err != nil {
			t.Fatal(c.name, err)
		}
		var x online.Example
		err = s.Read(&x)
		x.Line = 0
		if got := strings.Replace(show(&x), " n|", "  |", 1); err != nil || got != `0: 1 1 0 ""  |:1:2:3:4` {
			t.Errorf("%s: %s, %v", c.name, got, err)
		}
		if s.Read(&x) != io.EOF || s.Close() != nil {
			t.Errorf("%s: does not end", c.name)
		}
	}
}

func TestOpenWrong(t *testing.T) {
	folder := t.TempDir()
	w, err := CreateCache(filepath.Join(folder, "cache"), "")
	if err == nil {
		err = w.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		folder:                           "a directory; name a file in it",
		filepath.Join(folder, "missing"): "no such file", filepath.Join(folder, "cache"): "a cache of examples",
		write(t, "bin", "\x7fELF\x00\x00"): "binary data (a zero byte at 5)",
	} {
		if _, err := Open(name, Auto, Options{}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), want) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(strings.NewReader("1 |a"), "stream", "arff", Options{}); err == nil || !strings.Contains(err.Error(), `format "arff" is none of vw, libsvm, csv and json`) {
		t.Errorf("unknown format: %v", err)
	}
	s, err := New(strings.NewReader("label,x\n1,2\n1\n"), "stream", Auto, Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = readToError(s)
	if _, ok := errors.AsType[*Fault](err); !ok || !strings.HasPrefix(err.Error(), "stream: ") {
		t.Errorf("strict: %v", err)
	}
}

func TestOpenEmpty(t *testing.T) {
	for name, text := range map[string]string{"x": "", "x.csv": "", "y.csv": "a,b\n", "x.json": "\n", "x.svm": "", "z.gz": gzipped(t, "")} {
		s, err := Open(write(t, name, text), Auto, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := readAll(t, s); len(got) != 0 || s.Examples != 0 {
			t.Errorf("%s: %q, %d examples", name, got, s.Examples)
		}
	}
}

func TestStandardInput(t *testing.T) {
	in, err := os.Open(write(t, "x", gzipped(t, "a,label\n1,2\n")))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer func(was *os.File) { os.Stdin = was }(os.Stdin)
	os.Stdin = in
	s, err := Open("-", Auto, Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "examples", readAll(t, s), `2: 2 1 0 ""  |:92594:1`)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := in.Stat(); err != nil {
		t.Error("standard input was closed")
	}
}

// A line of a megabyte is read in each format.
func TestMegabytesInALine(t *testing.T) {
	word := strings.Repeat("x", 1<<20)
	for name, text := range map[string]string{
		"x.vw": "1 |n " + word + "\n2 |n a\n", "x.csv": "label,n|a\n1," + word + "\n2,1\n", "y.csv": "label,n|a\n1,\"" + word + "\"\n2,1\n",
		"x.json": "{\"_label\":1,\"n\":{\"" + word + "\":1}}\n{\"_label\":2,\"n\":{\"a\":1}}",
	} {
		s, err := Open(write(t, name, text), Auto, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, s); len(got) != 2 || strings.Count(got[0], "|") != 1 || !strings.HasSuffix(got[1], ":1") {
			t.Errorf("%s: %d examples", name, len(got))
		}
	}
}

// FuzzOpen reads what may be anything, packed or not.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"1 |a b:2\n", "{\"a\":1}\n", "a,label\n1,2\n", "1 1:2\n", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd\x00", string(cacheMagic)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := New(bytes.NewReader(content), "fuzz", Auto, Options{})
		if err != nil {
			return
		}
		var x online.Example
		for err = s.Read(&x); err == nil; err = s.Read(&x) {
			checkExample(t, &x)
		}
		if s.Examples > int64(len(content)) && content[0] != 0x1f && content[0] != 0x28 {
			t.Fatalf("%d examples of %d bytes", s.Examples, len(content))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
