using Sallyport.Agent.Core.GitHub.Identities;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>Facts of the job from two sources. What the kernel read from an environment wins over the log.</summary>
internal static class JobFacts
{
    public static readonly GitHubDocument None =
        new(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    public static GitHubDocument With(this GitHubDocument known, JobIdentity said) => known with
    {
        Repository = said.Repository ?? known.Repository,
        Workflow = said.Workflow ?? known.Workflow,
        WorkflowRef = said.WorkflowRef ?? known.WorkflowRef,
        Job = said.Job ?? known.Job,
        RunId = said.RunId ?? known.RunId,
        RunAttempt = said.RunAttempt ?? known.RunAttempt,
        Sha = said.Sha ?? known.Sha,
        Ref = said.Ref ?? known.Ref,
        EventName = said.EventName ?? known.EventName,
        Actor = said.Actor ?? known.Actor,
        RunnerName = said.RunnerName ?? known.RunnerName,
        RunnerOs = said.RunnerOs ?? known.RunnerOs,
        RunnerEnvironment = said.RunnerEnvironment ?? known.RunnerEnvironment,
        Server = said.Server ?? known.Server,
    };

    /// <summary>What the log adds where nothing was known.</summary>
    public static GitHubDocument Completed(this GitHubDocument known, GitHubDocument log) => log with
    {
        Repository = known.Repository ?? log.Repository,
        Workflow = known.Workflow ?? log.Workflow,
        WorkflowRef = known.WorkflowRef ?? log.WorkflowRef,
        Job = known.Job ?? log.Job,
        RunId = known.RunId ?? log.RunId,
        RunAttempt = known.RunAttempt ?? log.RunAttempt,
        Sha = known.Sha ?? log.Sha,
        Ref = known.Ref ?? log.Ref,
        EventName = known.EventName ?? log.EventName,
        Actor = known.Actor ?? log.Actor,
        RunnerName = known.RunnerName,
        RunnerOs = known.RunnerOs,
        RunnerEnvironment = known.RunnerEnvironment,
        Server = known.Server ?? log.Server,
        Result = known.Result,
    };
}
