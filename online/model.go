package online

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// magic is how a model's file begins. What follows is compressed by zstd, which
// has a checksum: the length of the header and the header in JSON, then blocks
// of weights, each the number of weights, their indexes and all their values,
// then names as JSON, a block of none being the last.
const magic = "descent online model 1\n"

// block is how many weights a block has at most, and longest how long the
// header and a block's names may be.
const (
	block   = 1 << 12
	longest = 1 << 26
)

// header is what a model's file says before its weights.
type header struct {
	Bits    int
	Loss    string
	Tau     number `json:",omitempty"` // the loss's parameter
	Link    string
	Classes int      `json:",omitempty"`
	Binary  bool     `json:",omitempty"`
	Min     *number  `json:",omitempty"`
	Max     *number  `json:",omitempty"`
	Initial number   `json:",omitempty"`
	Const   number   `json:",omitempty"`
	Random  bool     `json:",omitempty"`
	Draws   uint64   `json:",omitempty"`
	Names   bool     `json:",omitempty"`
	HashAll bool     `json:",omitempty"`
	Seed    uint32   `json:",omitempty"`
	Feature Features // as given
	Rule    ruleFile
	State   map[string]number
	Labels  [2]number
	Seen    number
	Learned int
	Index   indexing
	Note    map[string]string `json:",omitempty"`
	Width   int
	Frozen  bool `json:",omitempty"` // only predicts
}

// number is a float64 in a form that keeps every bit, NaN and infinities too.
type number float64

// MarshalText writes the number.
func (n number) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// UnmarshalText reads it.
func (n *number) UnmarshalText(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	*n = number(f)
	return err
}

// Save writes the learner: all that Load needs to go on bit for bit as if it
// had never stopped. Only weights that differ from what they started as are
// written. It may run while others predict.
func (l *Learner) Save(w io.Writer) error {
	if _, err := io.WriteString(w, magic); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(z)
	err = l.write(b)
	if err == nil {
		err = b.Flush()
	}
	if end := z.Close(); err == nil { // else it says the same
		err = end
	}
	return err
}

func (l *Learner) write(w io.Writer) error {
	h, err := l.header()
	if err != nil {
		return err
	}
	if err := writeJSON(w, h); err != nil {
		return err
	}
	return l.writeWeights(w)
}

func writeJSON(w io.Writer, x any) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if len(b) > longest {
		return fmt.Errorf("online: a header of %d bytes: at most %d are kept", len(b), longest)
	}
	return binary.Write(w, binary.LittleEndian, append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...))
}

// writeWeights writes the blocks.
func (l *Learner) writeWeights(w io.Writer) error {
	values, width, start := l.u.values(), l.u.width(), l.started()
	index, rows := make([]uint32, 0, block), make([]float32, 0, block*width)
	flush := func() error {
		if err := l.writeBlock(w, index, rows); err != nil {
			return err
		}
		index, rows = index[:0], rows[:0]
		return nil
	}
	for i := range l.touched.indexes(len(values) / width) {
		row := values[i*width:][:width]
		if same(row, start(uint32(i))) {
			continue
		}
		index, rows = append(index, uint32(i)), append(rows, row...)
		if len(index) == block {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(index) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}

func (l *Learner) writeBlock(w io.Writer, index []uint32, rows []float32) error {
	for _, part := range []any{uint32(len(index)), index, rows} {
		if err := binary.Write(w, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	if l.names == nil || len(index) == 0 {
		return nil
	}
	names := make([]string, len(index))
	for i, a := range index {
		names[i] = runes(l.names[a])
	}
	return writeJSON(w, names)
}

// same reports whether two runs of values have the same bits.
func same(a, b []float32) bool {
	for i, x := range a {
		if math.Float32bits(x) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}

// started gives what the values of a weight started as.
func (l *Learner) started() func(index uint32) []float32 {
	usual := make([]float32, l.u.width())
	copy(usual, l.begin)
	special := make([]float32, l.u.width())
	copy(special, l.begin)
	special[0] = l.o.Constant
	at := l.constant()
	return func(index uint32) []float32 {
		if index == at && l.o.Constant != 0 {
			return special
		}
		return usual
	}
}

// Load reads what Save has written. The errors say that the data are no model
// of this kind, cut off, or damaged.
func Load(r io.Reader) (*Learner, error) {
	start := make([]byte, len(magic))
	if n, err := io.ReadFull(r, start); err != nil || string(start) != magic {
		return nil, fmt.Errorf("online: no model that descent learn or descent serve has written: it begins with %q, expected %q", text(start[:n]), magic)
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<31))
	if err != nil {
		return nil, fmt.Errorf("online: the model cannot be read: %w", err)
	}
	defer z.Close()
	b := bufio.NewReader(z)
	l, err := read(b)
	if err == nil { // the checksum is looked at when the end is read
		if _, end := b.ReadByte(); end == nil {
			err = errors.New("damaged: more follows the last weight")
		} else if end != io.EOF {
			err = end
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it is cut off")
	}
	if err != nil {
		return nil, fmt.Errorf("online: the model cannot be read: %w", err)
	}
	return l, nil
}

// text is bytes as people can read them.
func text(b []byte) string {
	if !utf8.Valid(b) {
		return fmt.Sprintf("% x", b)
	}
	return string(b)
}

func readJSON(r io.Reader, x any) error {
	var n uint32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return err
	}
	if n > longest {
		return fmt.Errorf("damaged: a header of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return json.Unmarshal(b, x)
}

func read(r io.Reader) (*Learner, error) {
	var h header
	if err := readJSON(r, &h); err != nil {
		return nil, err
	}
	l, err := h.learner()
	if err != nil {
		return nil, without("online: ", err)
	}
	for {
		more, err := l.readBlock(r)
		if err != nil || !more {
			return l, err
		}
	}
}

// readBlock reads a block, and reports whether there may be another.
func (l *Learner) readBlock(r io.Reader) (more bool, err error) {
	var n uint32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil || n == 0 {
		return false, err
	}
	if n > block {
		return false, fmt.Errorf("damaged: a block of %d weights", n)
	}
	values, width := l.u.values(), l.u.width()
	index, rows := make([]uint32, n), make([]float32, int(n)*width)
	if err := binary.Read(r, binary.LittleEndian, index); err != nil {
		return false, err
	}
	if err := binary.Read(r, binary.LittleEndian, rows); err != nil {
		return false, err
	}
	for i, a := range index {
		if a > l.mask() {
			return false, fmt.Errorf("damaged: a weight %d of 2^%d", a, l.o.Bits)
		}
		copy(values[int(a)*width:][:width], rows[i*width:])
	}
	l.touched.mark(index)
	if l.names == nil {
		return true, nil
	}
	var names []string
	if err := readJSON(r, &names); err != nil {
		return false, err
	}
	for i, name := range names {
		if name != "" && i < len(index) {
			l.names[index[i]] = bytesOf(name)
		}
	}
	return true, nil
}
