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
    /// <param name="results">Descriptor of a pipe that gets one line, <see cref="UploadResult"/>.</param>
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
        var listener = new Thread(() => Listen(lines, ended)) { IsBackground = true, Name = "end of the job" };
        listener.Start();
        using var never = new ManualResetEventSlim();
        var clock = TimeProvider.System;
        long? since = null;
        bool Pause(TimeSpan time)
        {
            if (!ended.IsSet)
            {
                _ = ended.Wait(time);
                return true;
            }

            since ??= clock.GetTimestamp();
            _ = never.Wait(time);
            return clock.GetElapsedTime(since.Value) < Grace;
        }

        using var http = new CurlClient(Path.Combine(AgentFolders.Uploads, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), order.Proxy);
        using var tail = new RecordingTail(stream);
        var uploader = new Uploader(
            new UploadTarget(new Uri(order.Server), order.Credential),
            new RecordedIdentity(Environment.MachineName, order.OfRunner, order.PolicyVersion), http, Pause);
        var undelivered = uploader.Run(tail, () => ended.IsSet);
        Say(answers, new UploadResult(uploader.Page?.ToString(), tail.Segments, undelivered, uploader.Failure));
        return ExitCode.Success;
    }

    private static void Listen(StreamReader lines, ManualResetEventSlim ended)
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

        ended.Set();
    }

    private static void Say(FileStream answers, UploadResult result)
    {
        try
        {
            JsonSerializer.Serialize(answers, result, UploadJson.Default.UploadResult);
            answers.WriteByte((byte)'\n');
        }
        catch (IOException)
        {
            // Whoever asked has not waited.
        }
    }

    private static SafeFileHandle Handle(string number) => new((nint)int.Parse(number, CultureInfo.InvariantCulture), ownsHandle: true);
}
