package animate

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
)

// Formats are the formats of Encode.
var Formats = []string{"gif", "svg", "png"}

// Encode draws the animation as the bytes of a file: "gif", which loops after
// holding its last picture; "svg", which is sharp at every size and plays itself
// in a browser; "png", the last picture. A GIF takes a second or more: progress,
// unless it is nil, is told how many of the pictures are done, and ctx ends it.
func (a *Animation) Encode(ctx context.Context, format string, progress func(done, total int)) ([]byte, error) {
	switch format {
	case "gif":
		return a.scene.gif(ctx, progress)
	case "svg":
		text, err := a.scene.svg()
		return []byte(text), err
	case "png":
		var out bytes.Buffer
		if err := png.Encode(&out, newPainter(a.scene).picture(a.scene.end-held/2)); err != nil {
			return nil, fmt.Errorf("animate: %w", err)
		}
		return out.Bytes(), nil
	}
	return nil, fmt.Errorf("animate: format %q: expected %s", format, strings.Join(Formats, ", "))
}
