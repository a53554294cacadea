package animate

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/descent-go/descent/chart"
)

// gif draws the scene as an animated GIF.
func (s *scene) gif(ctx context.Context, progress func(done, total int)) ([]byte, error) {
	p, frames := newPainter(s), s.frames()
	g := chart.GIF{Keep: append(slices.Clone(chart.Palette), ink, white, downhill, stepping, kept, looking)}
	for i, f := range frames {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := g.Add(p.picture(f.now), time.Duration(f.delay)*10*time.Millisecond); err != nil {
			return nil, fmt.Errorf("animate: %w", err)
		}
		if progress != nil {
			progress(i+1, len(frames))
		}
	}
	var out bytes.Buffer
	if _, err := g.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("animate: %w", err)
	}
	return out.Bytes(), nil
}
