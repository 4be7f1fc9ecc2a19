//! Opens the window.

use egui::ViewportBuilder;

use super::{
    app::{App, Launch},
    capture::{Capture, Captured},
    desktop::Desktop,
    icons,
};

/// Shows the window until it is closed. With `capture` it is driven through its pages instead, and pictures are taken.
pub fn run(launch: Launch, capture: Option<Capture>) -> eframe::Result {
    let icon = eframe::icon_data::from_png_bytes(icons::APP_ICON_PNG).ok();
    let mut viewport = ViewportBuilder::default()
        .with_title("Tresor")
        .with_app_id("tresor")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([760.0, 520.0]);
    if let Some(icon) = icon {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        multisampling: 0,
        depth_buffer: 0,
        stencil_buffer: 0,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Tresor",
        options,
        Box::new(move |creation| {
            // Pictures are the same on every desktop.
            let desktop = if capture.is_none() { Desktop::of_this_computer() } else { Desktop::default() };
            let app = App::on(&creation.egui_ctx, launch, desktop)?;
            Ok(match capture {
                None => Box::new(app),
                Some(capture) => Box::new(Captured::new(app, capture)?),
            })
        }),
    )
}
