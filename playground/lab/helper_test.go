package lab

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// ask sends a request and reads its reply; object keys that Reply has not are errors.
func ask[Reply any](t *testing.T, l *Lab, name, request string) Reply {
	t.Helper()
	out := l.answer(name, []byte(request))
	var reply Reply
	d := json.NewDecoder(strings.NewReader(string(out)))
	d.DisallowUnknownFields()
	if err := d.Decode(&reply); err != nil {
		t.Fatalf("%s %s: %v in %.300s", name, request, err, out)
	}
	return reply
}

// refused sends a request that must fail and gives its fault.
func refused(t *testing.T, l *Lab, name, request string) *Fault {
	t.Helper()
	f := ask[failure](t, l, name, request).Error
	if f == nil {
		t.Fatalf("%s %s: no fault", name, request)
	}
	return f
}

// pathsOf are the paths of a race's reply, in which none has failed.
func pathsOf(t *testing.T, request string) []Path {
	t.Helper()
	return ask[struct {
		Start     [2]float64
		StartLoss float64
		Runners   []Path
	}](t, new(Lab), "race", request).Runners
}

// unpacked reads what packed has written.
func unpacked(t *testing.T, text string) []float64 {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for ; len(b) > 0; b = b[4:] {
		out = append(out, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	}
	return out
}
