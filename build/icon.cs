#:package ScottPlot
#:property PublishAot=false
using SkiaSharp;

// Draws src/icon.png: dotnet run build/icon.cs
// A request enters at the small model; the answer leaves there, or goes on to a larger one.
const int Size = 256;
using var surface = SKSurface.Create(new SKImageInfo(Size, Size));
SKCanvas canvas = surface.Canvas;
canvas.Clear(SKColors.Transparent);
using var background = new SKPaint { IsAntialias = true, Color = new SKColor(0x1B, 0x2A, 0x49) };
canvas.DrawRoundRect(0, 0, Size, Size, 48, 48, background);

using var line = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 10, StrokeCap = SKStrokeCap.Round, Color = new SKColor(0x8F, 0xA8, 0xD8) };
canvas.DrawLine(62, 186, 112, 136, line);
canvas.DrawLine(112, 136, 180, 74, line);

using var exit = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 14, StrokeCap = SKStrokeCap.Round, Color = new SKColor(0x5D, 0xD3, 0x9E) };
canvas.DrawLine(62, 186, 204, 186, exit);
canvas.DrawLine(204, 186, 180, 164, exit);
canvas.DrawLine(204, 186, 180, 208, exit);

using var small = new SKPaint { IsAntialias = true, Color = new SKColor(0x5D, 0xD3, 0x9E) };
using var middle = new SKPaint { IsAntialias = true, Color = new SKColor(0xF2, 0xC1, 0x4E) };
using var large = new SKPaint { IsAntialias = true, Color = new SKColor(0xE4, 0x57, 0x2E) };
canvas.DrawCircle(62, 186, 22, small);
canvas.DrawCircle(116, 132, 28, middle);
canvas.DrawCircle(182, 72, 40, large);

string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(args.Length > 0 ? args[0] : "build/icon.cs"))!, "..", "src", "icon.png");
using SKData png = surface.Snapshot().Encode(SKEncodedImageFormat.Png, 100);
File.WriteAllBytes(path, png.ToArray());
Console.WriteLine($"{path}: {png.Size} bytes");
