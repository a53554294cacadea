package lab

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/descent-go/descent/formula"
)

// Fault says what is wrong with a request.
type Fault struct {
	Message string `json:"message"`          // what is wrong and what was expected
	Field   string `json:"field"`            // the field of the request that is wrong
	Name    string `json:"name,omitempty"`   // of field hyper: which hyperparameter
	Line    int    `json:"line,omitempty"`   // where in a typed text, from 1
	Column  int    `json:"column,omitempty"` // in characters, from 1
	Length  int    `json:"length,omitempty"` // how many characters are meant, at least 1
	Source  string `json:"source,omitempty"` // the line in which they are
}

// Error is the message.
func (f *Fault) Error() string { return f.Message }

func faultf(field, format string, args ...any) *Fault {
	return &Fault{Field: field, Message: fmt.Sprintf(format, args...)}
}

// asFault makes a fault of an error about a field, with its place where it is
// a mistake in a text.
func asFault(field string, err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	var mistake *formula.Error
	if errors.As(err, &mistake) {
		return &Fault{
			Message: mistake.Msg, Field: field,
			Line: mistake.Pos.Line, Column: mistake.Pos.Col,
			Length: wordLength(mistake.Text, mistake.Pos.Col), Source: mistake.Text,
		}
	}
	text := err.Error()
	for _, prefix := range []string{"descent: ", "surface: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return &Fault{Field: field, Message: text}
}

// wordLength is the length of the word or number that begins at a column of a
// line, 1 where there is none.
func wordLength(line string, column int) int {
	chars := []rune(line)
	n := 0
	for i := column - 1; i >= 0 && i < len(chars) && isWord(chars[i]); i++ {
		n++
	}
	return max(n, 1)
}

func isWord(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }
