//! What a chart shows.

/// A colour of the page's palette.
#[derive(Clone, Copy)]
pub struct Paint(pub u8);

/// One series; a time without a value breaks the line.
pub struct Series {
    /// In the legend.
    pub name: &'static str,
    /// Colour.
    pub paint: Paint,
    /// Unix seconds and value.
    pub points: Vec<(i64, Option<f64>)>,
}

/// Moments to mark, of one kind.
pub struct Marks {
    /// In the legend.
    pub name: &'static str,
    /// The moments.
    pub at: Vec<Mark>,
}

/// A span of time to shade.
pub struct Shade {
    /// In the legend.
    pub name: &'static str,
    /// First second.
    pub from: i64,
    /// Last second.
    pub to: i64,
}

/// A moment to mark.
pub struct Mark {
    /// Unix seconds.
    pub time: i64,
    /// Shown on hovering.
    pub label: String,
}

/// A chart.
pub struct Chart {
    /// Title.
    pub title: &'static str,
    /// Unit of the vertical axis.
    pub unit: &'static str,
    /// What is drawn.
    pub series: Vec<Series>,
    /// Areas upon each other instead of lines.
    pub is_stacked: bool,
    /// Moments marked above.
    pub marks: Marks,
    /// A span that is shaded.
    pub shade: Option<Shade>,
    /// The vertical axis begins at zero.
    pub from_zero: bool,
}

impl Series {
    /// Points as they are, in the colour of this number.
    #[must_use]
    pub const fn new(name: &'static str, paint: u8, points: Vec<(i64, Option<f64>)>) -> Self {
        Self {
            name,
            paint: Paint(paint),
            points,
        }
    }

    /// A point for every item.
    #[must_use]
    pub fn of<T>(
        name: &'static str,
        paint: u8,
        items: &[T],
        point: impl FnMut(&T) -> (i64, Option<f64>),
    ) -> Self {
        Self::new(name, paint, items.iter().map(point).collect())
    }
}

impl Marks {
    /// None.
    pub const NONE: Self = Self {
        name: "",
        at: Vec::new(),
    };
}

impl Chart {
    /// Lines over a vertical axis that begins at zero, nothing marked or shaded.
    #[must_use]
    pub const fn lines(title: &'static str, unit: &'static str, series: Vec<Series>) -> Self {
        Self {
            title,
            unit,
            series,
            is_stacked: false,
            marks: Marks::NONE,
            shade: None,
            from_zero: true,
        }
    }
}
