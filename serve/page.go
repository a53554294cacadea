package serve

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed page
var embedded embed.FS

// servePage adds the page's files. They have nothing of the model: the page
// asks for that, with the token where there is one.
func servePage(mux *http.ServeMux) {
	files, err := fs.Sub(embedded, "page")
	if err != nil {
		panic(err) // the folder is there: it is embedded
	}
	names, err := fs.Glob(files, "*")
	if err != nil {
		panic(err) // the pattern is right
	}
	handler := http.FileServerFS(files)
	mux.Handle("GET /{$}", handler)
	for _, name := range names {
		mux.Handle("GET /"+name, handler)
	}
}
