//! Drives the demo through its pages in the real window and takes a picture of each.

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};

use egui::{ColorImage, Context, Event, RawInput, ScreenshotCallback, ThemePreference, Ui, ViewportCommand};

use super::{action::Action, app::App, scene::Scene, tour::Stop};

/// Where the pictures go, and where they are taken.
pub struct Capture {
    /// The folder; made if it is not there.
    pub folder: PathBuf,
    /// The pages, in order.
    pub stops: Vec<Stop>,
}

/// A page is drawn this often before its picture is taken, so that everything has found its size.
const FRAMES_TO_SETTLE: u32 = 10;
/// And so often before something is typed into it, so that its first field has the keyboard.
const FRAMES_TO_FOCUS: u32 = 4;

/// A window that shows itself.
pub(super) struct Captured {
    app: App,
    folder: PathBuf,
    stops: std::vec::IntoIter<Stop>,
    now: Now,
    typed: Option<Event>,
    pictures: (mpsc::Sender<Arc<ColorImage>>, mpsc::Receiver<Arc<ColorImage>>),
}

enum Now {
    /// The next page is to be shown.
    Next,
    /// A page is being shown; so many frames of it were drawn.
    Settling(Stop, u32),
    /// Its picture was asked for.
    Taking(Stop),
}

impl Captured {
    /// Takes `capture`'s pictures of `app`.
    pub(super) fn new(app: App, capture: Capture) -> io::Result<Self> {
        fs::create_dir_all(&capture.folder)?;
        let stops = capture.stops.into_iter();
        Ok(Self { app, folder: capture.folder, stops, now: Now::Next, typed: None, pictures: mpsc::channel() })
    }

    fn step(&mut self, ctx: &Context) {
        // Nothing but this asks for frames while nobody touches the window.
        ctx.request_repaint();
        if !self.app.is_settled() {
            return;
        }
        self.now = match std::mem::replace(&mut self.now, Now::Next) {
            Now::Next => match self.stops.next() {
                None => {
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                    Now::Next
                }
                Some(stop) => {
                    self.app.close_dialogs();
                    let back = self.app.with_scene(super::tour::rewind).unwrap_or_default();
                    self.app.act(ctx, back);
                    let theme = Action::SetTheme(stop.theme.into());
                    let mut actions = vec![theme];
                    actions.extend(self.app.with_scene(|scene: &Scene<'_>| (stop.actions)(scene)).unwrap_or_default());
                    self.app.act(ctx, actions);
                    Now::Settling(stop, 0)
                }
            },
            Now::Settling(stop, frames) if frames < FRAMES_TO_SETTLE => {
                if frames == FRAMES_TO_FOCUS && !stop.typed.is_empty() {
                    self.typed = Some(Event::Text(stop.typed.to_owned()));
                }
                Now::Settling(stop, frames + 1)
            }
            Now::Settling(stop, _) => {
                let pictures = self.pictures.0.clone();
                let take = move |image: Arc<ColorImage>| drop(pictures.send(image));
                ctx.send_viewport_cmd(ViewportCommand::Screenshot(ScreenshotCallback::new(take)));
                Now::Taking(stop)
            }
            Now::Taking(stop) => match self.pictures.1.try_recv() {
                Err(_) => Now::Taking(stop),
                Ok(image) => {
                    let path = self.folder.join(format!("{}-{}.png", stop.name, stop.theme.suffix()));
                    save(&path, &image).expect("the folder was made, so its disk takes a picture");
                    Now::Next
                }
            },
        };
    }
}

impl eframe::App for Captured {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.app.ui(ui, frame);
        let ctx = ui.ctx().clone();
        self.step(&ctx);
    }

    fn raw_input_hook(&mut self, _ctx: &Context, raw_input: &mut RawInput) {
        // Pictures must not depend on where the pointer rests.
        let is_pointer = |event: &Event| {
            matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. } | Event::MouseWheel { .. })
        };
        raw_input.events.retain(|event| !is_pointer(event));
        raw_input.events.push(Event::PointerGone);
        raw_input.events.extend(self.typed.take());
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}

/// The theme of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum PictureTheme {
    Dark,
    Light,
}

impl PictureTheme {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

impl From<PictureTheme> for ThemePreference {
    fn from(theme: PictureTheme) -> Self {
        match theme {
            PictureTheme::Dark => Self::Dark,
            PictureTheme::Light => Self::Light,
        }
    }
}

fn save(path: &Path, image: &ColorImage) -> io::Result<()> {
    let [width, height] = image.size;
    let size = |side: usize| u32::try_from(side).map_err(io::Error::other);
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), size(width)?, size(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let rgb: Vec<u8> = image.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(())
}
