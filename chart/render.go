package chart

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Picture is what can be drawn: a [plot.Plot], one with its legend [Inside], or
// several in a [Row] or a [Column].
type Picture interface {
	Draw(c draw.Canvas)
}

// dpi is the resolution of PNG pictures, in dots per inch: two for each pixel
// of a page, so that they are sharp on fine screens too.
const dpi = 192

// Render draws a picture of the given size on white and gives the bytes of its
// file. The format is "svg" or "png", any other is an error.
func Render(p Picture, width, height vg.Length, format string) ([]byte, error) {
	if width <= 0 || height <= 0 {
		return nil, fmt.Errorf("chart: a picture of %g by %g points: expected more than 0", width.Points(), height.Points())
	}
	var canvas vg.CanvasWriterTo
	switch format {
	case "svg":
		text, err := SVG(p, width, height)
		return []byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text), err
	case "png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
	default:
		return nil, fmt.Errorf("chart: format %q: expected svg or png", format)
	}
	paint(p, draw.New(canvas), ignore)
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("chart: %w", err)
	}
	return out.Bytes(), nil
}

// margin is what stays free at the edges of a picture.
const margin = 7

// paint draws a picture over the whole of a canvas, on white.
func paint(p Picture, c draw.Canvas, found finder) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	compose(p, draw.Crop(c, margin, -margin, margin, -margin), found)
}

// SVG draws a picture as an svg element to be put into a page. Its numbers are
// points, its text is set in the reader's own sans serif where Liberation Sans
// is missing.
func SVG(p Picture, width, height vg.Length) (string, error) {
	if width <= 0 || height <= 0 {
		return "", fmt.Errorf("chart: a picture of %g by %g points: expected more than 0", width.Points(), height.Points())
	}
	canvas := vgsvg.New(width, height)
	paint(p, draw.New(canvas), ignore)
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	return tidy(out.String(), name(p)), nil
}

// name is what a reader who does not see a picture is told of it.
func name(p Picture) string {
	var titles []string
	for _, one := range plots(p) {
		if one.Title.Text != "" {
			titles = append(titles, strings.ReplaceAll(one.Title.Text, "\n", ". "))
		}
	}
	return strings.Join(titles, "; ")
}

// tidy takes from an SVG file what a page has no use for, says fonts once, and
// names the type of images rightly.
func tidy(svg, name string) string {
	_, svg, _ = strings.Cut(svg, "<svg ")
	head, body, _ := strings.Cut(svg, ">")
	label := ""
	if name != "" {
		label = fmt.Sprintf(` role="img" aria-label="%s"`, html.EscapeString(name))
	}
	body = strings.NewReplacer(
		"\n\tstyle=\"font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal;", " style=\"",
		"data:image/jpg;", "data:image/png;",
	).Replace(body)
	head = strings.Join(strings.Fields(head), " ")
	return "<svg " + head + label + ` font-family="Liberation Sans,Arial,Helvetica,sans-serif">` + body
}
