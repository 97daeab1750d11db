using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Upload;

/// <summary>
/// The uploader's own process: what it does, takes or breaks delays no event and fails no job. It reads the recording by a
/// descriptor that it was given, and goes on for <see cref="Grace"/> after whoever started it is gone.
/// </summary>
internal static class UploadTask
{
    /// <summary>How long it goes on trying after the recording's end.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <param name="recording">Descriptor of the recording, to read.</param>
    /// <param name="orders">Descriptor of a pipe: one line, <see cref="UploadOrder"/>; its end is the end of the job.</param>
    /// <param name="results">Descriptor of a pipe that gets lines, <see cref="UploadResult"/>: how far it is at the end of the job, and what came of it.</param>
    internal static int Run(string recording, string orders, string results)
    {
        // Whoever started it takes signals in one place, and exec passes that on; this one has children to wait for.
        SignalSet.Apply(Native.SIG_SETMASK, 0);
        using var lines = new StreamReader(new FileStream(Handle(orders), FileAccess.Read, 1));
        using var answers = new FileStream(Handle(results), FileAccess.Write, 0);
        using var stream = new FileStream(Handle(recording), FileAccess.Read, 0);
        if (lines.ReadLine() is not { } line || JsonSerializer.Deserialize(line, UploadJson.Default.UploadOrder) is not { } order)
        {
            return ExitCode.SallyportFailed;
        }

        using var ended = new ManualResetEventSlim();
        Patience? patience = null;
        bool Pause(TimeSpan time)
        {
            if (!ended.IsSet)
            {
                _ = ended.Wait(time);
                return true;
            }

            patience ??= new Patience(Grace, TimeProvider.System);
            return patience.Wait(time);
        }

        using var http = new CurlClient(Path.Combine(AgentFolders.Uploads, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), order.Proxy);
        using var tail = new RecordingTail(stream);
        var uploader = new Uploader(
            new UploadTarget(new Uri(order.Server), order.Credential),
            new RecordedIdentity(Environment.MachineName, order.OfRunner, order.PolicyVersion), http, TimeProvider.System, Pause);
        UploadResult Result(bool isFinal) => new(uploader.Page?.ToString(), uploader.Delivered, uploader.Failure, isFinal);
        var listener = new Thread(() => Listen(lines, () => Say(answers, Result(isFinal: false)), ended))
        {
            IsBackground = true,
            Name = "end of the job",
        };
        listener.Start();
        _ = uploader.Run(tail, () => ended.IsSet);
        Say(answers, Result(isFinal: true));
        patience?.Dispose();
        return ExitCode.Success;
    }

    private static void Listen(StreamReader lines, Action say, ManualResetEventSlim ended)
    {
        try
        {
            while (lines.Read() >= 0)
            {
            }
        }
        catch (IOException)
        {
            // As good as an end.
        }

        say();
        ended.Set();
    }

    // One write for one line: two threads say something.
    private static void Say(FileStream answers, UploadResult result)
    {
        try
        {
            answers.Write([.. JsonSerializer.SerializeToUtf8Bytes(result, UploadJson.Default.UploadResult), (byte)'\n']);
        }
        catch (IOException)
        {
            // Whoever asked has not waited.
        }
    }

    // Not for curl: what it held of the pipe of results would hide that this process has ended.
    private static SafeFileHandle Handle(string number)
    {
        var descriptor = int.Parse(number, CultureInfo.InvariantCulture);
        _ = Interop.Libc.fcntl(descriptor, Native.F_SETFD, Native.FD_CLOEXEC);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
