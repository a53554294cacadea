// Package dataset reads examples to learn from: CSV, LibSVM and IDX files, plain
// or compressed with gzip, and the MNIST digits, which come with the package.
//
// [Open] reads a file, decides what its columns are and returns [Data] ready for
// training. What it decided is in [Data.Notes], for people, and in
// [Data.Schema], for programs: a schema can be written as JSON, kept with a
// trained model, and reads further files in exactly the same way.
//
// # CSV
//
// Cells are separated by commas, semicolons or tabs, whichever the first line
// has most of. The first line names the columns; where every cell of it is a
// number (or missing) it is taken as data and the columns are named c1, c2 and
// so on. Empty lines are skipped, space around cells is dropped.
//
// A cell that is empty or reads NA, N/A, null or ? (in any case of letters) is
// missing. A column whose other cells are all finite numbers is a number: it is
// standardised to mean 0 and standard deviation 1 over the whole file, and a
// missing value becomes the mean. Any other column with at most 50 distinct
// texts is a category: one feature for each text, 1 where the cell has it and 0
// elsewhere, a missing value being one more text. Columns with more texts, and
// those that never change, are ignored. NaN and Inf among numbers are errors.
//
// # LibSVM
//
// A line is a label and ascending index:value pairs, indices counted from 1,
// with comments after #. Values are used as written, not standardised, and
// values not named are 0.
//
// # IDX
//
// The format of MNIST: unsigned bytes, which are scaled to [0, 1], or floats,
// which are used as written. Labels are in a second file, see [Options].
//
// # Targets
//
// A target of texts is classified. A target of numbers is classified where it
// has the values 0 and 1, or is made of integers, at most 20 different ones and
// on average each at least twice; else it is predicted as a number, standardised
// like a column. [Options] can say otherwise.
package dataset
