package serve

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed page
var embedded embed.FS

// page serves the page's files. They have nothing of the model: the page asks
// for that, with the token where there is one.
var page = func() http.Handler {
	files, err := fs.Sub(embedded, "page")
	if err != nil {
		panic(err) // the folder is there: it is embedded
	}
	return http.FileServerFS(files)
}()
