using System.Text;

namespace Sallyport.Server.Ui;

/// <summary>Text that is on its way to somebody, who may be slow: on the disk, gone when it is sent.</summary>
internal static class PassingFile
{
    /// <summary>A stream of the text as UTF-8; the file goes with it.</summary>
    public static async Task<Stream> WriteAsync(string folder, string text, CancellationToken cancellation)
    {
        var file = new FileStream(
            Path.Combine(folder, $"{Guid.NewGuid():n}.passing"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await using (var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
            {
                await writer.WriteAsync(text.AsMemory(), cancellation);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
