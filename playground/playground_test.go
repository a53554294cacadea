package playground

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// get asks a server on a loopback address.
func get(t *testing.T, method, url, host string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, body
}

func TestServesThePage(t *testing.T) {
	s := httptest.NewServer(Handler())
	defer s.Close()
	for path, mediaType := range map[string]string{
		"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/app.js": "text/javascript; charset=utf-8",
		"/worker.js": "text/javascript; charset=utf-8", "/wasm_exec.js": "text/javascript; charset=utf-8",
		"/layout.css": "text/css; charset=utf-8", "/descent.wasm.gz": "application/gzip",
	} {
		answer, body := get(t, "GET", s.URL+path, "", nil)
		h := answer.Header
		if answer.StatusCode != 200 || len(body) == 0 || h.Get("Content-Type") != mediaType || h.Get("Content-Encoding") != "" ||
			h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %s, %d bytes, %v", path, answer.Status, len(body), h)
		}
		if answer, _ := get(t, "GET", s.URL+path, "", http.Header{"If-None-Match": {h.Get("ETag")}}); answer.StatusCode != http.StatusNotModified {
			t.Errorf("%s again, by its tag: %s", path, answer.Status)
		}
		if answer, body := get(t, "HEAD", s.URL+path, "", nil); answer.StatusCode != 200 || len(body) != 0 {
			t.Errorf("HEAD %s: %s, %d bytes", path, answer.Status, len(body))
		}
	}
}

// Nothing but WebAssembly widens the policy.
func TestPolicy(t *testing.T) {
	if strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "'unsafe-eval'") || strings.Contains(policy, "data:") || strings.Contains(policy, "*") || !strings.HasPrefix(policy, "default-src 'none';") {
		t.Error(policy)
	}
}

// The page itself says the same, for servers that send no headers; only the
// header can keep it out of frames.
func TestPolicyOfThePage(t *testing.T) {
	page, err := fs.ReadFile(FS(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if own := strings.TrimSuffix(policy, "; frame-ancestors 'none'"); !strings.Contains(string(page), `content="`+own+`"`) {
		t.Errorf("the page's policy is not %s", own)
	}
}

func TestServesNothingElse(t *testing.T) {
	s := httptest.NewServer(Handler())
	defer s.Close()
	for _, path := range []string{"/nothing", "/playground.go", "/../playground.go", "/..%2fplayground.go", "/page/index.html", "//etc/passwd", "/uplot", "/uplot/", "/%00"} {
		if answer, _ := get(t, "GET", s.URL+path, "", nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if answer, _ := get(t, method, s.URL+"/", "", nil); answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s", method, answer.Status)
		}
	}
}

// A site that has its own name point to this machine is not answered.
func TestAnswersToLocalNamesOnly(t *testing.T) {
	s := httptest.NewServer(Handler())
	defer s.Close()
	for host, want := range map[string]int{
		"localhost": 200, "localhost:7777": 200, "LOCALHOST.": 200, "127.0.0.1:80": 200, "[::1]:80": 200, "[::1]": 200, "play.localhost": 200,
		"evil.example": 403, "evil.example:7777": 403, "192.168.1.2": 403, "localhost.evil.example": 403, "notlocalhost": 403,
	} {
		if answer, _ := get(t, "GET", s.URL+"/", host, nil); answer.StatusCode != want {
			t.Errorf("asked as %s: %s, expected %d", host, answer.Status, want)
		}
	}
	r := httptest.NewRequest("GET", "http://playground.example/", nil) // arrives at no loopback address
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("elsewhere it answers %d to a name", w.Code)
	}
}

func TestEveryFileHasAMediaType(t *testing.T) {
	for _, name := range names() {
		if mediaType(name) == "application/octet-stream" {
			t.Errorf("%s has none: enter its ending in types", name)
		}
	}
}

// The laboratory is there as WebAssembly that loads fast; go generate renews it.
func TestLaboratoryIsThere(t *testing.T) {
	packed, err := embedded.ReadFile("page/descent.wasm.gz")
	if err != nil {
		t.Fatal(err, "; run go generate ./playground")
	}
	if len(packed) > 6_000_000 {
		t.Errorf("%d bytes compressed are too many", len(packed))
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	wasm, err := io.ReadAll(z)
	if err != nil || !bytes.HasPrefix(wasm, []byte("\x00asm\x01\x00\x00\x00")) {
		t.Errorf("no WebAssembly: %v", err)
	}
}
