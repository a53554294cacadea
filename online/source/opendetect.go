package source

import (
	"bytes"
	"fmt"
	"strings"
)

var endings = []struct {
	ending string
	format Format
}{
	{".vw", FormatVW},
	{".csv", FormatCSV}, {".tsv", FormatCSV},
	{".json", FormatJSON}, {".jsonl", FormatJSON}, {".ndjson", FormatJSON},
	{".svm", FormatLibSVM}, {".libsvm", FormatLibSVM},
}

// hasEnding looks at a name without the ending of its packing.
func hasEnding(name, ending string) bool {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return strings.HasSuffix(name, ending)
}

// detect tells the format by the name, else by the first line that shows one.
// It reads no further than that, which a live stream may not have.
func (s *stream) detect(name string) (Format, error) {
	for _, e := range endings {
		if hasEnding(name, e.ending) {
			return e.format, nil
		}
	}
	for end := false; ; {
		head, _ := s.Peek(s.Buffered())
		if !end {
			head = head[:bytes.LastIndexByte(head, '\n')+1]
		}
		if f, err := look(head); f != Auto || err != nil {
			return f, err
		}
		if end {
			return FormatVW, nil
		}
		_, err := s.Peek(min(s.Buffered()+1, headSize))
		end = err != nil || s.Buffered() == headSize // an error comes again when reading
	}
}

// look tells the format by whole lines; Auto where they do not say.
func look(head []byte) (Format, error) {
	if bytes.HasPrefix(head, cacheMagic) {
		return "", fmt.Errorf("a cache of examples, not the examples: give it with --cache_file")
	}
	if i := bytes.IndexByte(head, 0); i >= 0 {
		return "", fmt.Errorf("binary data (a zero byte at %d), expected text in UTF-8; where it is text, name its format", i+1)
	}
	for line := range bytes.Lines(bytes.TrimPrefix(head, byteOrderMark)) {
		if f := formatOf(bytes.TrimSpace(line)); f != Auto {
			return f, nil
		}
	}
	return Auto, nil
}

// formatOf tells the format of a line; Auto where it could be any.
func formatOf(line []byte) Format {
	switch {
	case len(line) == 0 || line[0] == '#':
		return Auto
	case line[0] == '{':
		return FormatJSON
	case bytes.IndexByte(line, '|') >= 0:
		if namesColumns(line) {
			return FormatCSV
		}
		return FormatVW
	case looksLibSVM(line):
		return FormatLibSVM
	case bytes.IndexByte(line, ',') >= 0:
		return FormatCSV
	}
	return Auto
}

// namesColumns reports whether a line with a bar is a header of CSV: it has a
// column _label, or a comma and no blank before the first bar.
func namesColumns(line []byte) bool {
	for cell := range bytes.SplitSeq(line, []byte{','}) {
		if string(bytes.Trim(cell, `"`)) == "_label" {
			return true
		}
	}
	first, _, _ := bytes.Cut(line, []byte{'|'})
	return bytes.IndexByte(first, ',') >= 0 && bytes.IndexByte(first, ' ') < 0
}

// looksLibSVM reports whether the second word of a line is index:value.
func looksLibSVM(line []byte) bool {
	words := bytes.Fields(line)
	if len(words) < 2 {
		return false
	}
	index, _, colon := bytes.Cut(words[1], []byte{':'})
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	return colon && (string(index) == "qid" || len(index) > 0 && len(bytes.TrimLeftFunc(index, digit)) == 0)
}
