using Sallyport.Agent.Host;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Sinks;

/// <summary>
/// The recording as it grows, in a folder that only root can write to. A full disk ends the recording and nothing
/// else: verdicts are the kernel's, the report goes on, and says what is missing.
/// </summary>
internal sealed class RecordingSink : IDisposable
{
    /// <summary>Reason of the loss that counts events which could not be written.</summary>
    internal const string DiskReason = "recording-disk";

    /// <summary>What was read from the kernel this long ago is on disk, whatever happens to this process.</summary>
    private const long SealEveryNs = 1_000_000_000;

    private readonly FileStream stream;
    private readonly RecordingWriter writer;
    private readonly Action<string> onFailure;
    private long lost;
    private long sealedNs;

    /// <param name="folder">Made for root alone.</param>
    /// <param name="onFailure">Told once, with the reason.</param>
    internal RecordingSink(string folder, Action<string> onFailure)
    {
        this.onFailure = onFailure;
        RootFolder.Ensure(folder);
        stream = new FileStream(Path.Combine(folder, RecordingHandover.FileName), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None, // flock(2): how `cleanup` in another mount namespace sees that the job lives.
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        writer = new RecordingWriter(stream);
    }

    /// <summary>True once the recording could not be written any more.</summary>
    internal bool Failed { get; private set; }

    /// <summary>True when not even the start of the recording is on disk.</summary>
    internal bool IsEmpty => writer.Frames == 0;

    /// <summary>State of the recording after its end; null when it could not be written to its end.</summary>
    internal RecordingIntegrity? Integrity => Failed ? null : RecordingIntegrity.Of(writer);

    /// <summary>Segments on disk.</summary>
    internal long Segments => writer.Frames;

    /// <summary>Last seal on disk, for the log; null before the first.</summary>
    internal string? LastSeal => writer.LastSeal;

    internal void Write(RecordedEvent value)
    {
        if (Failed)
        {
            lost++;
            return;
        }

        // Not by Attempt: a closure for each event would be an allocation for each event.
        try
        {
            _ = writer.Write(value);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Fail(e);
        }
    }

    /// <summary>Puts on disk what has waited for long enough.</summary>
    internal void SealWhenDue(long nowNs)
    {
        if (nowNs - sealedNs >= SealEveryNs)
        {
            sealedNs = nowNs;
            SealNow();
        }
    }

    /// <summary>Puts on disk what there is. The next one by time comes when it would have come.</summary>
    internal void SealNow()
    {
        if (!Failed)
        {
            Attempt(writer.Seal);
        }
    }

    /// <summary>Writes the end; gives what the recording does not hold, for the report.</summary>
    internal IEnumerable<EventsLost> End(RecordingEnded ended)
    {
        Write(ended);
        SealNow();
        if (lost > 0)
        {
            yield return new EventsLost(DiskReason, lost) { BootTimeNs = ended.BootTimeNs };
        }

        if (writer.Dropped > 0)
        {
            yield return new EventsLost(RecordingLimits.CapReason, writer.Dropped) { BootTimeNs = ended.BootTimeNs };
        }
    }

    public void Dispose()
    {
        SealNow();

        try
        {
            writer.Dispose();
        }
        catch (Exception e) when (Failed && IsOfTheDisk(e))
        {
            // Said already, by onFailure.
        }

        stream.Dispose();
    }

    private void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            Fail(e);
        }
    }

    /// <summary>EACCES and EPERM (a file made immutable by root, say) are of another type than all other errors.</summary>
    private static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private void Fail(Exception e)
    {
        Failed = true;
        lost++;
        onFailure(e.Message);
    }
}
