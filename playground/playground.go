package playground

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/descent-go/descent/internal/loopback"
)

//go:embed page
var embedded embed.FS

// FS is the page's files, index.html among them. Any web server can serve them
// from any folder: the page asks for nothing else.
func FS() fs.FS {
	page, err := fs.Sub(embedded, "page")
	if err != nil {
		panic(err) // the folder is there: it is embedded
	}
	return page
}

// policy lets the page load its own files and run WebAssembly, and nothing else.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// types are the media types of the page's files, which some systems do not know
// by themselves.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".gz":   "application/gzip",
	"":      "text/plain; charset=utf-8", // LICENSE
}

// file is one of the page's.
type file struct {
	name, mediaType, tag string
	content              []byte
}

// Handler serves the page and nothing else: it reads no file of the machine.
// Whoever asks a loopback address must do so by the name of one, which keeps
// other sites' scripts out.
func Handler() http.Handler {
	files := map[string]file{}
	for _, name := range names() {
		content, err := fs.ReadFile(FS(), name)
		if err != nil {
			panic(err) // it is embedded
		}
		sum := sha256.Sum256(content)
		files["/"+name] = file{name, mediaType(name), `"` + hex.EncodeToString(sum[:8]) + `"`, content}
	}
	files["/"] = files["/index.html"]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, files) })
}

// names are the page's files.
func names() []string {
	var names []string
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // they are embedded
	}
	return names
}

// mediaType is that of a file, by its ending.
func mediaType(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

func serve(w http.ResponseWriter, r *http.Request, files map[string]file) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if !loopback.MayAsk(r) {
		http.Error(w, "the playground answers to localhost here, not to "+r.Host, http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "the playground has only pages to get", http.StatusMethodNotAllowed)
		return
	}
	f, ok := files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", f.mediaType)
	h.Set("ETag", f.tag)
	h.Set("Cache-Control", "no-cache") // asks anew, and gets "not modified" by the tag
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.content))
}
