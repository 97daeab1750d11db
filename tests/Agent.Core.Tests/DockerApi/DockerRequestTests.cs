using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Core.Tests.DockerApi;

public sealed class DockerRequestTests
{
    [Theory]
    [InlineData("POST /containers/create", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/create?name=x", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/cr%65ate", DockerAction.CreateContainer, "")]
    [InlineData("POST /v4.0.0-rc1/libpod/containers/create", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/db/start", DockerAction.StartContainer, "db")]
    [InlineData("POST /containers/db/restart?t=0", DockerAction.StartContainer, "db")]
    [InlineData("POST /containers/db/exec", DockerAction.CreateExec, "db")]
    [InlineData("POST /exec/abc/start", DockerAction.StartExec, "abc")]
    [InlineData("POST /exec/abc/resize?h=1", DockerAction.Other, "")]
    [InlineData("POST /containers/db/attach?stream=1", DockerAction.Attach, "db")]
    [InlineData("GET /containers/db/attach/ws", DockerAction.Attach, "db")]
    [InlineData("POST /build?version=2", DockerAction.Build, "")]
    [InlineData("POST /session", DockerAction.BuildKit, "")]
    [InlineData("POST /grpc", DockerAction.BuildKit, "")]
    [InlineData("POST /images/create?fromImage=alpine", DockerAction.Registry, "")]
    [InlineData("POST /images/host.example/a/b/push", DockerAction.Registry, "")]
    [InlineData("GET /images/search?term=x", DockerAction.Registry, "")]
    [InlineData("GET /distribution/alpine/json", DockerAction.Registry, "")]
    [InlineData("POST /images/load", DockerAction.Other, "")]
    [InlineData("POST /images/a/b/tag?repo=c", DockerAction.Other, "")]
    [InlineData("POST /networks/create", DockerAction.Other, "")]
    [InlineData("PUT /containers/db/archive", DockerAction.Other, "")]
    [InlineData("GET /containers/create", DockerAction.Other, "")]
    [InlineData("DELETE /containers/db", DockerAction.Other, "")]
    [InlineData("POST /swarm/init", DockerAction.Untold, "")]
    [InlineData("POST /services/create", DockerAction.Untold, "")]
    [InlineData("POST /plugins/x/enable", DockerAction.Untold, "")]
    [InlineData("POST /libpod/play/kube", DockerAction.Untold, "")]
    [InlineData("POST /containers/db/restore", DockerAction.Untold, "")]
    [InlineData("POST /of/a/later/version", DockerAction.Untold, "")]
    [InlineData("PUT /of/a/later/version", DockerAction.Untold, "")]
    public void A_request_means(string line, DockerAction action, string reference)
    {
        Assert.True(HttpRequestHead.TryRead(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\n\r\n"), out var head, out _));
        Assert.Equal(new DockerRequest(action, reference), DockerRequest.Of(head!));
    }

    [Theory]
    [InlineData("{\"Id\":\"abc\",\"Warnings\":[]}", "abc")]
    [InlineData("{\"Warnings\":[{\"Id\":\"no\"}],\"Id\":\"abc\"}", "abc")]
    [InlineData("{\"Id\":5}", null)]
    [InlineData("{\"id\":\"abc\"}", null)]
    [InlineData("{\"Id\":\"ab", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    public void A_reply_names(string json, string? id) =>
        Assert.Equal(id, DockerText.TryReadText(Encoding.UTF8.GetBytes(json), "Id"u8));

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("0123", false)]
    [InlineData(null, false)]
    public void An_id_has_64_digits(string? text, bool isId) => Assert.Equal(isId, DockerText.IsId(text));
}
