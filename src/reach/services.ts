/**
 * Services whose names people type, by the first part of their host names.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const KNOWN_SERVICES: ReadonlySet<string> = new Set(
  (
    'acm acm-pca appconfig appconfigdata application-autoscaling athena autoscaling autoscaling-plans backup batch bedrock ' +
    'bedrock-runtime cloudformation cloudtrail codeartifact codebuild codecommit codedeploy codepipeline cognito-idp config ' +
    'dataexchange datasync dms ds dynamodb ebs ec2 ec2messages ecr ecs ecs-agent ecs-telemetry eks eks-auth elasticache ' +
    'elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce email-smtp emr-containers events execute-api ' +
    'fis firehose fsx glacier glue grafana guardduty-data imagebuilder inspector2 inspector2-telemetry inspector-scan iot ' +
    'kafka kinesis kinesis-firehose kinesis-streams kms lakeformation lambda license-manager logs macie2 mediaconnect ' +
    'memory-db monitoring mq neptune networkmonitor organizations personalize pinpoint pipes polly proton ram rds rds-data ' +
    'redshift redshift-data rekognition resource-groups rolesanywhere route53resolver s3 s3-outposts s3express sagemaker ' +
    'scheduler secretsmanager securityhub servicecatalog servicediscovery signin sns sqs ssm ssm-contacts ssm-incidents ' +
    'ssmmessages states storagegateway sts swf synthetics tagging textract transcribe transfer translate vpc-lattice ' +
    'wafv2 workspaces xray'
  ).split(' '),
)
