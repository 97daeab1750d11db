using System.Diagnostics;
using System.Text;

namespace Sallyport.Lab.Processes;

/// <summary>A running process of the laboratory. Disposing of it kills it and everything that it started.</summary>
public sealed class LabProcess : IDisposable
{
    private const int MaxOutputCharacters = 4 << 20;
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<(string Line, TaskCompletionSource Seen)> _awaited = [];
    private readonly Lock _lock = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _disposed;

    private LabProcess(Process process) => _process = process;

    /// <summary>The program's: what enters the laboratory becomes it.</summary>
    public int Id => _process.Id;

    internal static LabProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        var result = new LabProcess(process);
        process.OutputDataReceived += (_, line) => result.Keep(result._output, line.Data);
        process.ErrorDataReceived += (_, line) => result.Keep(result._errors, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return result;
    }

    /// <summary>Completes when the process prints a line that equals <paramref name="line"/>.</summary>
    public async Task SaysAsync(string line, TimeSpan deadline)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_output.ToString().Split('\n').Contains(line))
            {
                return;
            }

            _awaited.Add((line, seen));
        }

        try
        {
            await seen.Task.WaitAsync(deadline);
        }
        catch (TimeoutException e)
        {
            throw new LabException($"'{line}' was not printed within {deadline}; so far:\n{Text()}", e);
        }
    }

    /// <summary>Waits for the exit and for the end of both streams. After the deadline: kills and throws.</summary>
    public async Task<ProcessOutcome> ExitAsync(TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException e)
        {
            Kill();
            throw new LabException(
                $"{string.Join(' ', _process.StartInfo.ArgumentList)}: not ended within {deadline}; so far:\n{Text()}",
                e);
        }

        lock (_lock)
        {
            return new ProcessOutcome(
                _process.ExitCode, _output.ToString(), _errors.ToString(), Stopwatch.GetElapsedTime(_started));
        }
    }

    /// <summary>May be called more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Kill()
    {
        _process.Kill(entireProcessTree: true);
        // Its address and its sockets are free for the next one when this returns.
        _process.WaitForExit(s_killLimit);
    }

    private string Text()
    {
        lock (_lock)
        {
            return $"{_output}{_errors}";
        }
    }

    private void Keep(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            if (text.Length < MaxOutputCharacters)
            {
                text.Append(line).Append('\n');
            }

            foreach (var (_, seen) in _awaited.Where(a => a.Line == line))
            {
                seen.TrySetResult();
            }
        }
    }
}
