using Sallyport.Server.Configuration;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Operations;

/// <summary>The data folder is one process's: a lock says so, and what an earlier process left of its work is removed.</summary>
internal sealed class DataFolder(ServerSettings settings) : IDisposable
{
    private FileStream? held;

    /// <summary>Takes it, until this is disposed.</summary>
    /// <exception cref="InvalidOperationException">Another process has it, and it holds the database or the recordings.</exception>
    public void Take()
    {
        Directory.CreateDirectory(settings.DataFolder);
        try
        {
            // flock(2): the kernel lets go of it when the process ends, however it ends.
            held = new FileStream(Path.Combine(settings.DataFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (settings is { Database: DatabaseKind.Sqlite } or { Bucket: null })
        {
            throw new InvalidOperationException(
                $"{settings.DataFolder} is another server's that runs (or cannot be written: {e.Message}); several work side by side with PostgreSQL and a bucket.", e);
        }
        catch (IOException)
        {
            // Nothing but passing files is kept there, each under a name of its own.
        }

        foreach (var left in held is null ? [] : new[] { settings.WorkFolder, Path.Combine(settings.RecordingsFolder, FolderRecordings.NewFolder) })
        {
            if (Directory.Exists(left))
            {
                Directory.Delete(left, recursive: true);
            }
        }

        Directory.CreateDirectory(settings.WorkFolder);
    }

    public void Dispose() => held?.Dispose();
}
