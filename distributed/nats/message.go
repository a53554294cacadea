package nats

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"github.com/zeebo/xxh3"
)

// protocol is the version of the messages. Programs of different versions
// refuse each other.
const protocol = 1

// magic begins every message.
const magic = "dscn"

// headSize is the length of a message's head, whose numbers are little endian:
//
//	 0  magic, 4 bytes
//	 4  version, 2 bytes; kind; status
//	 8  CRC-32C of what follows it in the head, of the text, and of XXH3 of the data
//	12  length of the text, 4 bytes
//	16  id, at, size, 8 bytes each
//	40  length of the data, 8 bytes
//
// Text, which is JSON, and data follow.
const headSize = 48

// kind is what a message is about. An answer has the kind of its question.
type kind uint8

const (
	askJob   kind = iota + 1 // what is trained
	askPull                  // begin a pull, id is its number; the answer is a part of the weights where size is not 0
	askPart                  // a part of the memory id: size bytes from at
	askFree                  // the memory id has been fetched; no answer
	askPush                  // apply a gradient, id is its number: data, or size bytes of the memory at
	askAlive                 // the worker is at work
	askLeave                 // the worker gives up what it has pulled
	askLook                  // the weights to evaluate with, without a ticket; at is atOnce or 0
	askEnd                   // the first server tells another that all work is done
	kinds
)

var kindNames = [kinds]string{"", "job", "pull", "part", "free", "push", "alive", "leave", "look", "end"}

func (k kind) String() string {
	if k < kinds && k > 0 {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// status is what an answer says.
type status uint8

const (
	question status = iota
	ok
	wait     // not yet: ask again
	done     // distributed.ErrDone
	expired  // distributed.ErrExpired
	gone     // the memory is not here any more: begin anew
	refused  // it is wrong, the text says why
	failed   // it may go well later, the text says what is in the way
	full     // server.ErrFull
	statuses // as many as there are
)

// message is what travels. What the numbers mean is said with the kinds.
type message struct {
	kind         kind
	status       status
	id, at, size uint64
	text         []byte // a request or an answer in JSON
	data         []byte // numbers of tensors

	into *memory // of a question for a part: where that goes
}

// early reports whether a question that begins a pull asks for a part of the weights
// instead of the ticket.
func (m *message) early() bool { return m.kind == askPull && m.size > 0 }

// takes reports whether an answer has a part that was asked for, or its beginning.
func (m *message) takes(a *message) bool {
	n := uint64(len(a.data))
	return a.kind == askPart && a.status == ok && a.at == m.at && a.size == m.into.size() && n > 0 && (n == m.size || n < m.size && n%4 == 0)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// bytes is the message as it travels.
func (m *message) bytes() []byte {
	b := append(make([]byte, 0, headSize+len(m.text)+len(m.data)), m.head()...)
	return append(append(b, m.text...), m.data...)
}

// head is the message's head.
func (m *message) head() []byte {
	b := make([]byte, headSize)
	copy(b, magic)
	binary.LittleEndian.PutUint16(b[4:], protocol)
	b[6], b[7] = byte(m.kind), byte(m.status)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(m.text)))
	for i, v := range []uint64{m.id, m.at, m.size, uint64(len(m.data))} {
		binary.LittleEndian.PutUint64(b[16+8*i:], v)
	}
	binary.LittleEndian.PutUint32(b[8:], checksum(b, m.text, m.data))
	return b
}

// checksum is that of a head, behind itself, and of what follows the head. Of the
// data, which may be much, it takes a hash that is made as fast as memory is read.
func checksum(head, text, data []byte) uint32 {
	var hash [8]byte
	binary.LittleEndian.PutUint64(hash[:], xxh3.Hash(data))
	sum := crc32.Checksum(head[12:], castagnoli)
	return crc32.Update(crc32.Update(sum, castagnoli, text), castagnoli, hash[:])
}

// versionError says that the other side speaks another version.
type versionError uint16

func (e versionError) Error() string {
	return fmt.Sprintf("nats: the other side speaks version %d of the protocol, this program %d: use the same descent on both sides", uint16(e), protocol)
}

// parse takes a message apart. Text and data are parts of b.
func parse(b []byte) (m message, err error) {
	n := min(len(b), headSize)
	return assemble(b[:n], b[n:], nil)
}

// assemble makes a message of a head and what follows it. A part that the question
// has asked for is at once put where it goes.
func assemble(b, rest []byte, question *message) (m message, err error) {
	if len(b) < len(magic)+2 || string(b[:4]) != magic {
		return m, fmt.Errorf("nats: %d bytes that are no message of descent", len(b))
	}
	if v := binary.LittleEndian.Uint16(b[4:]); v != protocol {
		return m, versionError(v)
	}
	if len(b) != headSize {
		return m, fmt.Errorf("nats: a message cut short: %d bytes of a head of %d", len(b), headSize)
	}
	text, data := uint64(binary.LittleEndian.Uint32(b[12:])), binary.LittleEndian.Uint64(b[40:])
	if n := uint64(len(rest)); text > n || data != n-text {
		return m, fmt.Errorf("nats: a message cut short: %d bytes follow its head, which tells of %d and %d", n, text, data)
	}
	m = message{
		kind: kind(b[6]), status: status(b[7]),
		id: binary.LittleEndian.Uint64(b[16:]), at: binary.LittleEndian.Uint64(b[24:]), size: binary.LittleEndian.Uint64(b[32:]),
		text: rest[:text], data: rest[text:],
	}
	if checksum(b, m.text, m.data) != binary.LittleEndian.Uint32(b[8:]) {
		return message{}, fmt.Errorf("nats: a message of %d bytes is damaged: its checksum differs", headSize+len(rest))
	}
	if m.kind == 0 || m.kind >= kinds || m.status >= statuses {
		return m, fmt.Errorf("nats: a message of %v with status %d: unknown", m.kind, m.status)
	}
	if question != nil && question.into != nil && question.takes(&m) {
		question.into.put(m.at, m.data)
	}
	return m, nil
}

// say sets the text to v as JSON.
func (m *message) say(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types of this package have a form in JSON
	}
	m.text = text
}

// read reads the text as JSON into v.
func (m *message) read(v any) error {
	if err := json.Unmarshal(m.text, v); err != nil {
		return fmt.Errorf("nats: the text of a message of %v: %w", m.kind, err)
	}
	return nil
}

// request is the text of a question.
type request struct {
	Worker  string `json:"worker"`
	Job     uint32 `json:"job,omitempty"`   // Sum of the job, of pulls and pushes
	Tensors []int  `json:"tensors"`         // which of the job's, in the order of the data; null is all of them
	Codec   string `json:"codec,omitempty"` // of the data of a push
	From    string `json:"from,omitempty"`  // the subject that has the memory of a push
}

// answer is the text of an answer.
type answer struct {
	Error   string `json:"error,omitempty"`
	Worker  string `json:"worker,omitempty"` // of a refusal
	Version uint64 `json:"version,omitempty"`
	Work    int    `json:"work,omitempty"`
	Delay   int    `json:"delay,omitempty"`
	Again   bool   `json:"again,omitempty"`
}
