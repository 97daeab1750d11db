using Sallyport.Agent.Commands;
using Sallyport.Agent.Control;
using Sallyport.Agent.Upload;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Report;
using Sallyport.Protocol.ServerOverrides;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Breaking the glass for one job: by root on the machine, to the job's end, or by the machine's server, where agent.yml has a key for it,
/// to an end that is signed (ADR 0032).
/// </summary>
/// <param name="context">Its errors are the journal.</param>
/// <param name="settings">Of the machine.</param>
/// <param name="answering">Held while the policy changes: requests of the job wait.</param>
/// <param name="watched">The job; null before it is watched.</param>
/// <param name="composed">What is in force when nothing is overridden.</param>
internal sealed class JobGlass(
    CommandContext context, MachineSettings settings, Lock answering, Func<RunnerJob?> watched, Func<RunnerPolicy> composed)
{
    private JobOverride? said;
    private OverrideWatch? watch;

    /// <summary>Root has said it: nothing but the job's end ends it.</summary>
    internal bool IsForGood => said is { Until: null };

    /// <summary>The policy, audited as long as enforcement is overridden.</summary>
    internal RunnerPolicy Over(RunnerPolicy policy) => said is null ? policy : policy.Overridden(said);

    /// <summary>Before the job is watched.</summary>
    /// <param name="before">Under the agent before this one; null when nothing was overridden.</param>
    internal void Prepare(JobOverride? before)
    {
        said = before?.IsOver(context.Clock.GetUtcNow()) == false ? before : null; // whoever watches
        _ = PublicKeyText.TryRead(settings.ServerOverrideKey ?? string.Empty, out var key);
        if (said is not { Until: not null } && (key is null || IsForGood))
        {
            return; // there is nothing to look for
        }

        watch = new OverrideWatch(key ?? [], context.Clock, job => key is null ? null : OverrideClient.Ask(settings, job), Begin, End, Refused);
        if (said is not null)
        {
            watch.TakeOver(said); // it ends at its time in any case
        }
    }

    /// <summary>By the thread that drains, and not to wait.</summary>
    internal void Learn(GitHubDocument github)
    {
        if (OverrideSubject.Of(github) is { } subject)
        {
            watch?.Learn(subject);
        }
    }

    /// <summary>Looks at what the server signs, from the job's first step to <see cref="Stop"/>.</summary>
    internal void Start() => watch?.Start();

    internal void Stop() => watch?.Stop();

    /// <summary>By root on the machine; who calls holds the requests of the job.</summary>
    /// <exception cref="CommandFailure">It could not be: what held before holds.</exception>
    internal void Break(string reason)
    {
        Override(new JobOverride(reason, Before));
        watch?.Stop();
    }

    private string Before => said?.Before ?? watched()!.Mode;

    private void Override(JobOverride next)
    {
        watched()!.Override(next);
        said = next;
    }

    private bool Begin(ServerOverride offered) => Change("could not begin", () =>
    {
        var until = DateTimeOffset.FromUnixTimeSeconds(offered.Until);
        Override(new JobOverride(offered.Reason, Before) { Id = offered.Id, By = offered.By, Until = until });
        context.Error.WriteLine($"sallyport: enforcement is {Printable.Line(said!.Said)}");
    });

    private bool End(string why) => Change("could not end", () =>
    {
        watched()!.EndOverride(composed());
        said = null;
        context.Error.WriteLine($"sallyport: the override has ended, and enforcement holds again: {why}");
    });

    /// <summary>Beside the requests of the job, which wait; false when it did not come to it.</summary>
    private bool Change(string not, Action work)
    {
        lock (answering)
        {
            try
            {
                if (IsForGood)
                {
                    return false;
                }

                work();
                return true;
            }
            catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
            {
                context.Error.WriteLine($"sallyport: an override of the server {not}: {e.Message}");
                return false;
            }
        }
    }

    /// <summary>What holds is no weaker for it: the journal is told, and whoever asks for the status.</summary>
    private void Refused(string why)
    {
        var text = $"An override of the server was refused: {Printable.Line(why)}";
        watched()?.Weaken(text);
        context.Error.WriteLine($"sallyport: {text}");
    }
}
