using System.Text.Json.Nodes;

namespace Sallyport.Runner.Service;

/// <summary>The <c>github</c> context that the service sends with a job.</summary>
internal static class GithubContext
{
    /// <summary>Those that a step has as GITHUB_ variables, in the runner's order.</summary>
    public static IReadOnlyList<string> Exported { get; } =
    [
        "job", "event_name", "server_url", "api_url", "graphql_url", "workflow", "repository", "sha", "ref", "run_id",
        "run_number", "run_attempt", "workflow_ref", "workflow_sha", "repository_owner", "repository_owner_id",
        "repository_id", "ref_name", "ref_type", "ref_protected", "retention_days", "base_ref", "head_ref", "actor",
        "actor_id", "triggering_actor",
    ];

    public static JsonObject For(RunnerOptions options, string workflowName, string job)
    {
        string owner = options.Repository.Split('/')[0];
        return new JsonObject
        {
            ["event"] = new JsonObject
            {
                ["ref"] = "refs/heads/main",
                ["after"] = options.Sha,
                ["repository"] = new JsonObject { ["full_name"] = options.Repository, ["default_branch"] = "main" },
                ["sender"] = new JsonObject { ["login"] = "octocat", ["type"] = "User" },
            },
            ["job"] = job,
            ["event_name"] = options.EventName,
            ["server_url"] = options.ServerUrl,
            ["api_url"] = "https://api.github.com",
            ["graphql_url"] = "https://api.github.com/graphql",
            ["workflow"] = workflowName,
            ["repository"] = options.Repository,
            ["sha"] = options.Sha,
            ["ref"] = "refs/heads/main",
            ["run_id"] = options.RunId,
            ["run_number"] = "1",
            ["run_attempt"] = options.RunAttempt,
            ["workflow_ref"] = $"{options.Repository}/{options.WorkflowPath}@refs/heads/main",
            ["workflow_sha"] = options.Sha,
            ["repository_owner"] = owner,
            ["repository_owner_id"] = "1",
            ["repository_id"] = "1",
            ["ref_name"] = "main",
            ["ref_type"] = "branch",
            ["ref_protected"] = "false",
            ["retention_days"] = "90",
            ["base_ref"] = "",
            ["head_ref"] = "",
            ["actor"] = "octocat",
            ["actor_id"] = "1",
            ["triggering_actor"] = "octocat",
            ["repositoryUrl"] = $"{options.ServerUrl}/{options.Repository}.git",
            // Never exported: an action has it only where an input's default asks for it.
            ["token"] = options.Token,
        };
    }
}
