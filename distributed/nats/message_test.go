package nats

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	natsgo "github.com/nats-io/nats.go"
)

func sample() *message {
	m := &message{kind: askPush, status: ok, id: 7, at: 1 << 40, size: 12, data: []byte("some numbers")}
	m.say(request{Worker: "w", Tensors: []int{1, 2}})
	return m
}

func TestMessage(t *testing.T) {
	m := sample()
	got, err := parse(m.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.kind != m.kind || got.status != m.status || got.id != m.id || got.at != m.at || got.size != m.size ||
		!bytes.Equal(got.text, m.text) || !bytes.Equal(got.data, m.data) {
		t.Errorf("got %+v, expected %+v", got, *m)
	}
}

// TestDamaged: whatever one bit is turned or missing at the end, it shows.
func TestDamaged(t *testing.T) {
	whole := sample().bytes()
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			if m, err := parse(b); err == nil && i >= 8 {
				t.Fatalf("bit %d of byte %d is turned: %+v", bit, i, m)
			}
		}
		if m, err := parse(whole[:i]); err == nil {
			t.Fatalf("cut to %d bytes: %+v", i, m)
		}
	}
	if _, err := parse(append(bytes.Clone(whole), 0)); err == nil {
		t.Error("a byte too many is taken")
	}
}

// TestPart: a part is put where it goes, unless it is not what was asked for; a
// damaged one is an error and is not put anywhere.
func TestPart(t *testing.T) {
	data := bytes.Repeat([]byte("0123"), 5000)
	n := uint64(len(data))
	part := func(at uint64) *natsgo.Msg {
		m := &message{kind: askPart, status: ok, at: at, size: 2 * n, data: bytes.Clone(data)}
		return &natsgo.Msg{Header: natsgo.Header{headHeader: {base64.StdEncoding.EncodeToString(m.head())}}, Data: m.data}
	}
	room := make([]byte, 2*n)
	into := bytesOf(room)
	question := &message{kind: askPart, at: n, size: n, into: &into}
	if _, err := receive(part(0), question); err != nil || !bytes.Equal(room, make([]byte, 2*n)) {
		t.Errorf("a part of another place is written, %v", err)
	}
	if _, err := receive(part(n), question); err != nil || !bytes.Equal(room[n:], data) || !bytes.Equal(room[:n], make([]byte, n)) {
		t.Errorf("the part is not where it belongs, %v", err)
	}
	for _, i := range []int{0, 999, 10_000, len(data) - 1} {
		msg := part(n)
		msg.Data[i] ^= 4
		clear(room)
		if _, err := receive(msg, question); err == nil || !bytes.Equal(room, make([]byte, 2*n)) {
			t.Errorf("byte %d is damaged, and nobody sees it", i)
		}
	}
}

// TestHeader: a message whose head is sent in a header is the same.
func TestHeader(t *testing.T) {
	m := sample()
	m.text = nil
	msg := &natsgo.Msg{Header: natsgo.Header{headHeader: {base64.StdEncoding.EncodeToString(m.head())}}, Data: m.data}
	got, err := receive(msg, nil)
	if err != nil || got.id != m.id || !bytes.Equal(got.data, m.data) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, head := range []string{"", "?", "AAAA", base64.StdEncoding.EncodeToString(make([]byte, headSize)), base64.StdEncoding.EncodeToString(m.head()[:47])} {
		msg.Header[headHeader] = []string{head}
		if got, err := receive(msg, nil); err == nil {
			t.Errorf("head %q: %+v", head, got)
		}
	}
}

func TestMessageErrors(t *testing.T) {
	newer := sample().bytes()
	binary.LittleEndian.PutUint16(newer[4:], 2)
	damaged := sample().bytes()
	damaged[headSize]++
	for want, b := range map[string][]byte{
		"no message of descent":                     []byte("hello"),
		"cut short: 3 bytes follow":                 sample().bytes()[:headSize+3],
		"cut short: 20 bytes of a head of 48":       sample().bytes()[:20],
		"version 2 of the protocol, this program 1": newer,
		"checksum differs":                          damaged,
		"kind 99 with status 0: unknown":            (&message{kind: 99}).bytes(),
		"with status 77: unknown":                   (&message{kind: askJob, status: 77}).bytes(),
	} {
		if _, err := parse(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample().bytes(), "")
	f.Add((&message{kind: askJob}).bytes(), "")
	f.Add([]byte("some numbers"), base64.StdEncoding.EncodeToString((&message{kind: askPart, data: []byte("some numbers")}).head()))
	f.Fuzz(func(t *testing.T, b []byte, head string) {
		if head != "" {
			_, _ = receive(&natsgo.Msg{Header: natsgo.Header{headHeader: {head}}, Data: b}, nil) // must not panic
		}
		m, err := parse(b)
		if err != nil {
			return
		}
		if again := m.bytes(); !bytes.Equal(again, b) {
			t.Errorf("%x is read as %x", b, again)
		}
		if m.status == ok {
			return
		}
		_ = m.err() // must not panic
	})
}

func TestMemory(t *testing.T) {
	a, b := make([]float32, 5), make([]float32, 3)
	m := numbersOf(a, nil, b)
	if m.size() != 32 {
		t.Fatalf("size %d", m.size())
	}
	for at := range 32 {
		for n := range 32 - at {
			content := make([]byte, n)
			for i := range content {
				content[i] = byte(at + i + 1)
			}
			m.write(uint64(at), content)
			got := make([]byte, n)
			m.read(uint64(at), got)
			if !bytes.Equal(got, content) {
				t.Fatalf("%d bytes at %d: %v", n, at, got)
			}
		}
	}
}

// TestEvenly: parts cover all and fit.
func TestEvenly(t *testing.T) {
	for _, most := range []uint64{64, 128, 1<<20 - 64} {
		for _, size := range []uint64{0, 1, 63, 64, 65, 1000, 1 << 22, 1<<22 + 1} {
			step := evenly(size, most)
			if step > most || step%partUnit != 0 || size > 0 && step == 0 {
				t.Errorf("%d bytes in parts of at most %d: %d", size, most, step)
			}
		}
	}
}
