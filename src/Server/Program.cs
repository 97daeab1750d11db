using Sallyport.Server.Commands;

return await ServerCommandLine.Parse(args).InvokeAsync();
