using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Files;

namespace Sallyport.Agent.Host;

/// <summary>
/// A file that nobody but root can have written, nor put in the place of another. What the agent keeps for itself is made and read by
/// this: a link at its name is never followed.
/// </summary>
internal static class RootFile
{
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>True for a real file of root's, in a folder of root's, to neither of which anybody else may write.</summary>
    internal static bool IsSafe(string path) =>
        new FileInfo(path).LinkTarget is null
        && FileOwner.TryOf(path) is { User: 0 } file && (file.Mode & ByOthers) == 0
        && Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent
        && FileOwner.TryOf(parent) is { User: 0 } folder && (folder.Mode & ByOthers) == 0;

    /// <summary>Makes one for root alone (O_CREAT, O_EXCL: also a link that leads nowhere is in the way).</summary>
    /// <param name="path">A name that nothing has.</param>
    /// <param name="share">None: locked (flock(2)) for as long as it is open.</param>
    /// <exception cref="IOException">Something has the name.</exception>
    internal static FileStream Create(string path, FileShare share = FileShare.Read) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = share,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    /// <summary>Opens one. What is looked at is what is opened: O_PATH and O_NOFOLLOW, then that place by its descriptor.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="access">To read, to write.</param>
    /// <param name="share">None: locked (flock(2)) for as long as it is open.</param>
    /// <exception cref="IOException">There is none, or somebody has it locked.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a link, no regular file, or not root's alone.</exception>
    internal static FileStream Open(string path, FileAccess access = FileAccess.Read, FileShare share = FileShare.Read)
    {
        using var place = Place(path);
        return new FileStream(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{place.DangerousGetHandle()}"), new FileStreamOptions
        {
            Access = access,
            Share = share,
            BufferSize = 0,
        });
    }

    /// <summary>Opens one to read as <see cref="Open"/> does, also while its writer has it locked.</summary>
    internal static FileStream OpenGrowing(string path)
    {
        using var place = Place(path);

        // By open(2): the framework asks for the lock.
        return new FileStream(SafeFile.TryOpenFound(place) ?? throw Errno.Failure(path), FileAccess.Read, bufferSize: 0);
    }

    private static SafeFileHandle Place(string path)
    {
        var place = PathHandle.TryOpen(path, follow: false) ?? throw Errno.Failure(path);
        if (FileStatus.TryRead(place, out var status) && status.IsRegular && status.OnlyRootWrites)
        {
            return place;
        }

        place.Dispose();
        throw new UnauthorizedAccessException($"{path} is a link, no file, or can be written to by others than root");
    }

    /// <summary>Opens one to write, makes it where it is missing; failures as of <see cref="Open"/>.</summary>
    internal static FileStream OpenOrCreate(string path, FileShare share)
    {
        try
        {
            return Create(path, share);
        }
        catch (IOException)
        {
            return Open(path, FileAccess.Write, share);
        }
    }

    /// <summary>The whole of one; empty when there is none that <see cref="Open"/> opens, or it is longer.</summary>
    internal static byte[] TryRead(string path, int mostBytes)
    {
        try
        {
            using var stream = Open(path);
            if (stream.Length > mostBytes)
            {
                return [];
            }

            var bytes = new byte[stream.Length];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Writes one for root alone. Whoever reads meanwhile, or after a kill, finds all of the one or all of the other.</summary>
    internal static void Replace(string path, ReadOnlySpan<byte> bytes) =>
        Replace(path, string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new"), bytes, isDurable: false);

    /// <inheritdoc cref="Replace(string, ReadOnlySpan{byte})"/>
    /// <param name="path">Of the file.</param>
    /// <param name="next">Its name until it is whole, of one writer. What a killed one left there is removed.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="isDurable">On disk, whatever happens to the machine after.</param>
    internal static void Replace(string path, string next, ReadOnlySpan<byte> bytes, bool isDurable)
    {
        File.Delete(next);
        using (var stream = Create(next))
        {
            stream.Write(bytes);
            stream.Flush(isDurable);
        }

        File.Move(next, path, overwrite: true);
    }
}
