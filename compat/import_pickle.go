package compat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// readPickle reads a file that Python has pickled. Nothing in it is run: classes
// and functions that it names are names here, and calls of them make objects that
// hold what they were given.
func readPickle(path string) (any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return unpickle(data)
}

func unpickle(data []byte) (value any, err error) {
	if err := checkPickle(data); err != nil {
		return nil, err
	}
	defer func() { // the library trusts a pickle that is well-formed so far
		if r := recover(); r != nil {
			value, err = nil, fmt.Errorf("damaged: %v", r)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(data))
	u.FindClass = func(module, name string) (any, error) { return pickleClass{module, name}, nil }
	value, err = u.Load()
	if err != nil {
		return nil, fmt.Errorf("damaged: %w", err)
	}
	return value, nil
}

// pickleOps has what follows the operations of pickles, of protocols 2 to 5: n
// bytes; where n is negative, as many bytes as the number in -n bytes says.
var pickleOps = func() map[byte]int {
	ops := map[byte]int{
		'K': 1, 'h': 1, 'q': 1, 0x80: 1, // BININT1 BINGET BINPUT PROTO
		'M': 2, 'J': 4, 'j': 4, 'r': 4, 'G': 8, // BININT2 BININT LONG_BINGET LONG_BINPUT BINFLOAT
		0x95: 8,                                       // FRAME
		0x8a: -1, 0x8c: -1, 'C': -1, 'X': -4, 'B': -4, // LONG1 SHORT_BINUNICODE SHORT_BINBYTES BINUNICODE BINBYTES
		0x8d: -8, 0x8e: -8, 0x96: -8, // BINUNICODE8 BINBYTES8 BYTEARRAY8
	}
	for _, op := range "()012NRabde]lst}u.\u0081\u0085\u0086\u0087\u0088\u0089\u008f\u0090\u0093\u0094" {
		ops[byte(op)] = 0
	}
	return ops
}()

// checkPickle walks through a pickle. It refuses operations that none of MXNet's
// needs, and lengths that lead out of the file, for which the library would take
// memory.
func checkPickle(data []byte) error {
	if len(data) < 2 || data[0] != 0x80 {
		return errors.New("no pickle of Python 3's, as MXNet's Trainer.save_states writes")
	}
	for at := 0; at < len(data); {
		op := data[at]
		at++
		n, known := pickleOps[op]
		switch {
		case op == 'c': // GLOBAL: two lines
			for range 2 {
				line := bytes.IndexByte(data[at:], '\n')
				if line < 0 {
					return cutPickle(len(data))
				}
				at += line + 1
			}
			continue
		case !known:
			return fmt.Errorf("damaged, or no state of MXNet's: operation 0x%02x at byte %d", op, at-1)
		case op == '.' && at < len(data):
			return fmt.Errorf("damaged: %d bytes follow the end", len(data)-at)
		case op == '.':
			return nil
		}
		size, err := pickleSize(data[at:], n)
		if err != nil || size > len(data)-at || op == 0x95 && binary.LittleEndian.Uint64(data[at:]) > uint64(len(data)-at-8) {
			return cutPickle(len(data))
		}
		at += size
	}
	return cutPickle(len(data))
}

// pickleSize is the size of what follows an operation.
func pickleSize(data []byte, n int) (int, error) {
	if n >= 0 {
		return n, nil
	}
	var length [8]byte
	if copy(length[:], data[:min(-n, len(data))]) < -n {
		return 0, errors.New("cut off")
	}
	size := binary.LittleEndian.Uint64(length[:])
	if size > uint64(len(data)) {
		return 0, errors.New("cut off")
	}
	return int(size) - n, nil
}

func cutPickle(size int) error { return fmt.Errorf("the pickle is cut off after %d bytes", size) }

// pickleClass is the name of a class or of a function.
type pickleClass struct{ module, name string }

// Call stands for a call. Of all functions only bytearray does something.
func (c pickleClass) Call(args ...any) (any, error) {
	if len(args) == 1 && c.name == "bytearray" {
		if data, ok := args[0].([]byte); ok {
			return data, nil
		}
	}
	return &pickleObject{class: c}, nil
}

// PyNew stands for the making of an object.
func (c pickleClass) PyNew(...any) (any, error) { return &pickleObject{class: c}, nil }

// pickleObject is an object with the state that it was given.
type pickleObject struct {
	class pickleClass
	state any
}

// PySetState keeps the state.
func (o *pickleObject) PySetState(state any) error {
	o.state = state
	return nil
}

// Set is for objects that are dictionaries, of which nothing is needed.
func (*pickleObject) Set(any, any) {}

// Append is for objects that are lists, of which nothing is needed.
func (*pickleObject) Append(any) {}

// get is an attribute.
func (o *pickleObject) get(name string) (any, bool) {
	d, ok := o.state.(*types.Dict)
	if !ok {
		return nil, false
	}
	return d.Get(name)
}
